// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/statistics.h"

#include <gtest/gtest.h>

#include <numeric>

namespace scxx::bench {
namespace {

std::vector<double> OneTo(int n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 1);
  return values;
}

TEST(StatisticsTest, MedianOfOddAndEvenCounts) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({7}), 7);
}

TEST(StatisticsTest, WorstIsTheGreatest) { EXPECT_EQ(Worst({3, 9, 2}), 9); }

TEST(StatisticsTest, FewValuesHaveNoNarrowInterval) {
  const Interval interval = MedianInterval({5, 1, 3});
  EXPECT_EQ(interval.low, 1);
  EXPECT_EQ(interval.high, 5);
}

// From tables of the sign test: 6 values, all of them; 10, the 2nd to the 9th; 20, the 6th to 15th.
TEST(StatisticsTest, TheIntervalIsThatOfTheSignTest) {
  EXPECT_EQ(MedianInterval(OneTo(6)).low, 1);
  EXPECT_EQ(MedianInterval(OneTo(10)).low, 2);
  EXPECT_EQ(MedianInterval(OneTo(10)).high, 9);
  EXPECT_EQ(MedianInterval(OneTo(20)).low, 6);
  EXPECT_EQ(MedianInterval(OneTo(20)).high, 15);
}

}  // namespace
}  // namespace scxx::bench
