// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/table.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tools/schedbench/report/sample_results.h"

namespace scxx::bench {
namespace {

TEST(TableTest, ARowAMetricAndACellAScheduler) {
  const Table table = MakeTable(SampleResults());
  ASSERT_EQ(table.rows.size(), 2u);
  const Row& pairs = table.rows[0];
  EXPECT_EQ(pairs.workload, "pairs");
  EXPECT_EQ(pairs.metric, "cost");
  EXPECT_EQ(pairs.unit, "instructions/message");
  ASSERT_EQ(pairs.cells.size(), 2u);
  EXPECT_EQ(pairs.cells[0].median, 200);
  EXPECT_EQ(pairs.cells[0].worst, 400);
  EXPECT_EQ(pairs.cells[0].ratio, 1);
  EXPECT_EQ(pairs.cells[1].median, 100);
}

TEST(TableTest, TimesAreMicroseconds) {
  const Table table = MakeTable(SampleResults());
  EXPECT_EQ(table.rows[1].unit, "us");
  EXPECT_EQ(table.rows[1].cells[0].median, 9);
}

// Not the ratio of the medians: what boots have in common cancels out.
TEST(TableTest, RatiosAreWithinABoot) {
  Results results = SampleResults();
  RunOf(results, 2, "mine", "pairs").values["ns_per_op"] = "4000";
  const Cell cell = MakeTable(results).rows[0].cells[1];
  EXPECT_EQ(cell.ratio, 0.5);
  EXPECT_EQ(cell.worst_ratio, 10);
}

TEST(TableTest, AFailedRunHasNoFigureButAnOutcome) {
  Results results = SampleResults();
  for (size_t boot = 0; boot < 3; ++boot) {
    RunOf(results, boot, "mine", "pairs").exit_code = 1;
    RunOf(results, boot, "mine", "pairs").error = "load: why";
  }
  const Table table = MakeTable(results);
  EXPECT_EQ(table.rows[0].cells[1].median, std::nullopt);
  EXPECT_EQ(table.rows[0].cells[1].ratio, std::nullopt);
  EXPECT_EQ(table.rows[1].metric, "outcome");
  EXPECT_EQ(table.rows[1].cells[0].outcome, "ok");
  EXPECT_EQ(table.rows[1].cells[1].outcome, "load: why");
}

TEST(TableTest, FaultsAlwaysShowTheirOutcome) {
  Results results = SampleResults();
  results.workloads[0].group = "faults";
  EXPECT_EQ(MakeTable(results).rows[1].metric, "outcome");
}

TEST(TableTest, EachModeShowsWhatItCanMeasure) {
  Results results = SampleResults();
  results.mode = Mode::kConcurrent;
  const Table concurrent = MakeTable(results);
  ASSERT_EQ(concurrent.rows.size(), 1u);
  EXPECT_EQ(concurrent.rows[0].metric, "p99");
  EXPECT_EQ(concurrent.rows[0].cells[1].median, std::nullopt);
  EXPECT_NE(concurrent.rows[0].cells[1].ratio, std::nullopt);

  results.mode = Mode::kExact2;
  EXPECT_TRUE(MakeTable(results).rows.empty());
}

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
