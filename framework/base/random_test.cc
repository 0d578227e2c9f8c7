// SPDX-License-Identifier: Apache-2.0
#include "framework/base/random.h"

#include "gtest/gtest.h"

namespace scxx {
namespace {

// Traces of the simulator are pinned by their hashes, and these numbers are in all of them.
TEST(Random, GivesTheNumbersItAlwaysGave) {
  Random plain(7);
  EXPECT_EQ(plain.Next(), 7191089600892374487ull);
  Random stream(7, 3);
  EXPECT_EQ(stream.Next(), 15989353980291230552ull);
}

TEST(Random, StaysWithinBounds) {
  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(random.Below(3), 3u);
    const int64_t number = random.Between(-2, 2);
    EXPECT_TRUE(-2 <= number && number <= 2);
    const Nanos time = random.Between(Nanos(5), Nanos(6));
    EXPECT_TRUE(Nanos(5) <= time && time <= Nanos(6));
  }
}

TEST(Random, AStreamIsNotAnother) {
  EXPECT_NE(Random(1, 1).Next(), Random(1, 2).Next());
  EXPECT_NE(Random(1, 1).Next(), Random(2, 1).Next());
}

}  // namespace
}  // namespace scxx
