// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/reliability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scxx::bench {
namespace {

using testing::HasSubstr;

const HardLoad kCrowd = {.name = "crowd", .what = "many tasks"};
const HardLoad kKill = {.name = "killed", .what = "no agent", .kills_agent = true};
const HardLoad kShare = {.name = "idle", .what = "idle hogs", .share_of = "hog"};

constexpr char kStall[] =
    "sched_ext: BPF scheduler \"fifo\" enabled | "
    "sched_ext: BPF scheduler \"fifo\" disabled (runnable task stall) | "
    "sched_ext: fifo: spin[85] failed to run for 5.137s";

using Values = std::map<std::string, std::string>;

// A probe's figures, with `more` of them.
RunResult Ran(const HardLoad& load, const Values& more = {}) {
  RunResult run = {.scheduler = "fifo",
                   .run = load.name,
                   .values = {{kFreeGap, "35200000"},
                              {kPinnedGap, "1300000000"},
                              {"wall_ns", "10000000000"},
                              {"sched_ext.changed", "false"}}};
  for (const auto& [key, value] : more) run.values[key] = value;
  return run;
}

Trial Judge(const HardLoad& load, const std::vector<RunResult>& boot) {
  return JudgeTrial(boot, load);
}

TEST(EjectionTest, IsTheKernelsLastWord) {
  EXPECT_EQ(EjectionIn(kStall), "spin[85] failed to run for 5.137s");
  EXPECT_EQ(EjectionIn("sched_ext: BPF scheduler \"x\" disabled (runtime error)"), "runtime error");
  EXPECT_EQ(EjectionIn("sched_ext: BPF scheduler \"fifo\" enabled"), "");
  EXPECT_EQ(EjectionIn(""), "");
}

TEST(EjectionTest, AnEndOfTheProcessIsNone) {
  EXPECT_EQ(EjectionIn("sched_ext: BPF scheduler \"x\" disabled (unregistered from user space)"),
            "");
}

TEST(TrialTest, AGoodOneHasGapsOnly) {
  const Trial trial = Judge(kCrowd, {Ran(kCrowd)});
  EXPECT_EQ(trial.trouble, "");
  EXPECT_EQ(trial.free_gap, absl::Microseconds(35'200));
  EXPECT_EQ(trial.pinned_gap, absl::Milliseconds(1300));
  EXPECT_EQ(trial.share, std::nullopt);
}

TEST(TrialTest, AnEjectedOneHasTheKernelsReason) {
  const RunResult run = Ran(kCrowd, {{"sched_ext.changed", "true"}, {"kernel_log", kStall}});
  EXPECT_EQ(Judge(kCrowd, {run}).trouble, "ejected: spin[85] failed to run for 5.137s");
}

// Before the probe's own look at sched_ext, which then saw no change.
TEST(TrialTest, AnEarlyEjectionIsSeen) {
  const RunResult run = Ran(kCrowd, {{"kernel_log", kStall}});
  EXPECT_THAT(Judge(kCrowd, {run}).trouble, HasSubstr("ejected"));
}

TEST(TrialTest, AnEndWithoutAReasonIsSeenUnlessTheLoadKillsIt) {
  const Values gone = {{"sched_ext.changed", "true"}};
  EXPECT_EQ(Judge(kCrowd, {Ran(kCrowd, gone)}).trouble, "detached");
  EXPECT_EQ(Judge(kKill, {Ran(kKill, gone)}).trouble, "");
}

TEST(TrialTest, AShareIsOfAllCpus) {
  const RunResult run = Ran(kShare, {{"class.hog.cpu_ns", "19800000000"}});
  EXPECT_DOUBLE_EQ(*Judge(kShare, {run}).share, 0.99);
}

TEST(TrialTest, AShareIsOfTheCpusThatTheMachineHas) {
  HardLoad load = kShare;
  load.mode = Mode::kExact;
  EXPECT_DOUBLE_EQ(*Judge(load, {Ran(load, {{"class.hog.cpu_ns", "9900000000"}})}).share, 0.99);
}

TEST(TrialTest, FallbacksAreOfTheDetach) {
  const auto detach = [](const char* count) {
    return RunResult{.run = "detach", .values = {{"fallbacks", count}}};
  };
  EXPECT_EQ(Judge(kCrowd, {Ran(kCrowd), detach("3")}).fallbacks, "3");
  EXPECT_EQ(Judge(kCrowd, {Ran(kCrowd), detach("0")}).fallbacks, "");
}

TEST(TrialTest, WhatDidNotRunSaysWhy) {
  EXPECT_EQ(JudgeTrial(absl::DataLossError("damaged"), kCrowd).trouble,
            "the machine failed: damaged");
  EXPECT_EQ(Judge(kCrowd, {}).trouble, "the load did not run");
  RunResult failed = Ran(kCrowd);
  failed.exit_code = 1;
  failed.error = "cannot attach: it ended";
  EXPECT_EQ(Judge(kCrowd, {failed}).trouble, "cannot attach: it ended");
}

TEST(ReliabilityTableTest, BadEndsAndLongWaitsAreBold) {
  const ReliabilityResults results = {
      .schedulers = {"eevdf", "fifo"},
      .rows = {{kCrowd,
                {{.free_gap = absl::Milliseconds(35), .pinned_gap = absl::Milliseconds(950)},
                 {.trouble = "ejected: a|b",
                  .free_gap = absl::Milliseconds(1260),
                  .pinned_gap = absl::Seconds(5),
                  .fallbacks = "2"}}},
               {kShare, {{.share = 0.991}, {.trouble = "not tried"}}}},
      .made_with = {{"kernel", "7.3.4"}}};
  EXPECT_EQ(ToMarkdown(results),
            "| load | eevdf | fifo |\n"
            "| --- | --- | --- |\n"
            "| crowd | 35 ms, 950 ms | **ejected: a/b**; **1.3 s**, **5.0 s**; fallbacks 2 |\n"
            "| idle | 99.1 % | **not tried** |\n"
            "\n"
            "| row | machine | what it is |\n"
            "| --- | --- | --- |\n"
            "| crowd | 2 CPUs in turns | many tasks |\n"
            "| idle | 2 CPUs in turns | idle hogs |\n"
            "\n"
            "kernel 7.3.4\n");
}

}  // namespace
}  // namespace scxx::bench
