// SPDX-License-Identifier: Apache-2.0
#include "framework/stats/json_string.h"

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(JsonStringTest, QuotesAndEscapes) {
  EXPECT_EQ(JsonString(""), R"("")");
  EXPECT_EQ(JsonString("pipe µs"), "\"pipe µs\"");
  EXPECT_EQ(JsonString("a\"b\\c\nd\x1f"), R"("a\"b\\c\u000ad\u001f")");
}

}  // namespace
}  // namespace scxx
