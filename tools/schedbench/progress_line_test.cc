// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/progress_line.h"

#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using std::chrono::seconds;

TEST(ProgressLineTest, SaysWhatIsDoneAndLeft) {
  const ProgressLine line(192, 4, false);
  EXPECT_EQ(line.Text({.boots_done = 0, .runs_done = 0}, seconds(3)),
            "schedbench: 0 of 192 runs, 0 of 4 boots");
  EXPECT_EQ(line.Text({.boots_done = 1, .runs_done = 48}, seconds(100)),
            "schedbench: 48 of 192 runs, 1 of 4 boots, 5 min left");
  EXPECT_EQ(line.Text({.boots_done = 4, .runs_done = 192}, seconds(400)),
            "schedbench: 192 of 192 runs, 4 of 4 boots, 0 min left");
}

}  // namespace
}  // namespace scxx::bench
