// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/progress.h"

#include <chrono>

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Progress, SaysHowManyAndHowLong) {
  const Progress progress(1000, /*terminal=*/false);
  EXPECT_EQ(progress.Text(0, 0, std::chrono::milliseconds(5)), "0 of 1000 runs, 0 failed");
  EXPECT_EQ(progress.Text(100, 2, std::chrono::seconds(3)),
            "100 of 1000 runs, 2 failed, 28 s left");
}

}  // namespace
}  // namespace scxx
