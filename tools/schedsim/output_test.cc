// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/output.h"

#include <chrono>
#include <sstream>
#include <string>

#include "framework/base/units.h"
#include "framework/sim/report.h"
#include "framework/stats/histogram.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

sim::RunResult OneRun(const char* policy, uint64_t seed, const char* failure = "") {
  return {.policy = policy,
          .seed = seed,
          .duration = Seconds(1),
          .cpus = 1,
          .names = {"hog"},
          .groups = {{.tasks = 2, .cpu_time = Millis(500)}},
          .failure = failure};
}

struct Printed {
  std::string out, errors;
};

Printed Print(OutputFormat format, const std::vector<sim::RunResult>& runs) {
  std::ostringstream out, errors;
  Output output(format, out, errors);
  output.Begin("seed 1: a machine");
  for (const sim::RunResult& run : runs) output.Add(run, "again --seed=1");
  output.End(/*with_table=*/true);
  return {out.str(), errors.str()};
}

TEST(Output, TextHasTheSeedFirstAndTheVerdictLast) {
  const Printed printed = Print(OutputFormat::kText, {OneRun("fifo", 1)});
  EXPECT_THAT(printed.out,
              AllOf(StartsWith("seed 1: a machine\n"), HasSubstr("\nhog "), HasSubstr("50.0%"),
                    EndsWith("PASS: 0 of 1 runs failed, 0 events, trace 0000000000000000\n")));
  EXPECT_EQ(printed.errors, "");
}

TEST(Output, AFailureComesWithTheCommandThatRepeatsIt) {
  const Printed printed =
      Print(OutputFormat::kText, {OneRun("fifo", 1), OneRun("fifo", 2, "lost: t")});
  EXPECT_THAT(printed.out, HasSubstr("fifo with seed 2 failed after 1.00s: lost: t\nagain: again"));
  EXPECT_THAT(printed.out, HasSubstr("FAIL: 1 of 2 runs failed"));
}

TEST(Output, SeveralPoliciesAreColumns) {
  EXPECT_THAT(Print(OutputFormat::kText, {OneRun("fifo", 1), OneRun("latency", 1)}).out,
              HasSubstr("group        figure           fifo    latency\n"));
}

TEST(Output, CsvAndJsonAreAloneOnStandardOutput) {
  const Printed csv = Print(OutputFormat::kCsv, {OneRun("fifo", 1), OneRun("fifo", 2, "a \"b\"")});
  EXPECT_EQ(csv.out,
            "policy,seed,group,tasks,cpu_ns,wakeups,p50_ns,p99_ns,max_ns,switches,migrations,"
            "cache_migrations\n"
            "fifo,1,hog,2,500000000,0,0,0,0,0,0,0\n"
            "fifo,2,hog,2,500000000,0,0,0,0,0,0,0\n");
  EXPECT_THAT(csv.errors, AllOf(StartsWith("seed 1"), HasSubstr("FAIL")));
  const Printed json = Print(OutputFormat::kJson, {OneRun("fifo", 2, "a \"b\"")});
  EXPECT_THAT(json.out,
              AllOf(StartsWith("{\"policy\": \"fifo\", \"seed\": 2"),
                    HasSubstr("\"ok\": false, \"failure\": \"a \\\"b\\\"\""), EndsWith("]}\n")));
}

sim::RunResult RunWith(const char* policy, Nanos cpu_time, Nanos latency) {
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
  EXPECT_EQ(FormatComparison({RunWith("fifo", Seconds(1), Millis(5)),
                              RunWith("latency", Millis(500), Micros(3))}),
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
  sim::RunResult sum = RunWith("fifo", Seconds(1), Millis(5));
  sim::Accumulate(RunWith("fifo", Millis(500), Micros(3)), &sum);
  EXPECT_EQ(sim::ShareOf(sum.groups[0].cpu_time, sum), 37.5);
  EXPECT_EQ(sum.groups[0].wakeups, 2u);
  EXPECT_LT(sim::LatencyOf(sum.groups[0], 50), Micros(5));
  EXPECT_EQ(sim::LatencyOf(sum.groups[0], 99), Millis(5));
}

TEST(RunCounter, SaysHowManyAndHowLong) {
  const RunCounter counter(1000, /*terminal=*/false);
  EXPECT_EQ(counter.Text(0, 0, std::chrono::milliseconds(5)), "0 of 1000 runs, 0 failed");
  EXPECT_EQ(counter.Text(100, 2, std::chrono::seconds(3)), "100 of 1000 runs, 2 failed, 28 s left");
}

}  // namespace
}  // namespace scxx
