// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/comparison.h"

#include "framework/base/units.h"
#include "framework/sim/report.h"
#include "framework/stats/histogram.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

sim::RunResult OneRun(const char* policy, Nanos cpu_time, Nanos latency) {
  sim::RunResult run{.policy = policy, .duration = Seconds(1), .cpus = 2, .names = {"ui"}};
  sim::GroupStats group{.cpu_time = cpu_time,
                        .wakeups = 1,
                        .max_latency = latency,
                        .switches = 3,
                        .migrations = 4,
                        .cache_migrations = 1};
  group.wakeup_latency.Add(HistogramBuckets::IndexOf(latency), 1);
  run.groups.push_back(group);
  run.agent_time = Millis(20);
  return run;
}

TEST(Comparison, AColumnAPolicy) {
  EXPECT_EQ(FormatComparison(
                {OneRun("fifo", Seconds(1), Millis(5)), OneRun("latency", Millis(500), Micros(3))}),
            "group        figure           fifo    latency\n"
            "ui           cpu             50.0%      25.0%\n"
            "             wakeups             1          1\n"
            "             p50            5.00ms     3.00us\n"
            "             p99            5.00ms     3.00us\n"
            "             max            5.00ms     3.00us\n"
            "             switches            3          3\n"
            "             migrations          4          4\n"
            "             to caches           1          1\n"
            "agent        cpu              1.0%       1.0%\n");
}

TEST(Comparison, RunsAddUp) {
  sim::RunResult sum = OneRun("fifo", Seconds(1), Millis(5));
  sim::Accumulate(OneRun("fifo", Millis(500), Micros(3)), &sum);
  EXPECT_EQ(sim::ShareOf(sum.groups[0].cpu_time, sum), 37.5);
  EXPECT_EQ(sum.groups[0].wakeups, 2u);
  EXPECT_LT(sim::LatencyOf(sum.groups[0], 50), Micros(5));
  EXPECT_EQ(sim::LatencyOf(sum.groups[0], 99), Millis(5));
}

}  // namespace
}  // namespace scxx
