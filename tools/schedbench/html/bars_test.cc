// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/html/bars.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/testing/sample_results.h"

namespace scxx::bench {
namespace {

using testing::HasSubstr;

TEST(BarsTest, ABarARatioWithItsNumber) {
  const std::string svg = RatioBars(MakeTable(SampleResults()));
  EXPECT_THAT(svg, HasSubstr(">pairs cost</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.50x</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.44x</text>"));
  EXPECT_THAT(svg, HasSubstr("better than eevdf"));
}

// Better ends where the axis is, worse begins there.
TEST(BarsTest, BetterIsLeftOfTheAxis) {
  const Row half = {"w", "half", "", Quantity::kCost, {{}, {.ratio = 0.5}}};
  const Row twice = {"w", "twice", "", Quantity::kCost, {{}, {.ratio = 2}}};
  EXPECT_THAT(RatioBars({{"a", "b"}, {half}}),
              HasSubstr("<rect x=\"390.0\" y=\"44.0\" width=\"50.0"));
  EXPECT_THAT(RatioBars({{"a", "b"}, {twice}}),
              HasSubstr("<rect x=\"440.0\" y=\"44.0\" width=\"50.0"));
}

TEST(BarsTest, NothingToCompare) {
  EXPECT_EQ(RatioBars({{"a"}, {{"w", "m", "", Quantity::kCost, {{.ratio = 1}}}}}), "");
}

}  // namespace
}  // namespace scxx::bench
