// SPDX-License-Identifier: Apache-2.0
//
// Who gets how much where the kernel's queues and a policy's tasks meet: kernel threads of any nice
// value, tasks without a slot, a fallback, a CPU that a higher class takes.

#include <algorithm>
#include <cstddef>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/report.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

using sim::TaskGroup;

const std::vector<sim::Step> kSpins = {sim::Run(Seconds(1))};

CpuSet Only(int cpu) { return CpuSet::Only(CpuId(cpu)); }

sim::SimulationOptions On(int cpus, std::vector<TaskGroup> groups, Nanos duration = Seconds(6)) {
  return {.topology = {.cores_per_llc = cpus},
          .workload = {.name = "shares", .groups = std::move(groups)},
          .duration = duration,
          .liveness = duration / 2,
          .safety_bounds = {.max_idle = Millis(200)},
          .liveness_bounds = {.max_idle = Millis(200)},
          .max_tasks = 8192};
}

// What the first group has of what it and the others have, in per cent.
double Part(const sim::RunResult& result, size_t others) {
  double all = 0;
  for (size_t i = 0; i <= others; ++i) all += OfACpu(result, i);
  return 100 * OfACpu(result, 0) / all;
}

double Load(int nice) { return Weight::FromNice(nice).load(); }

const auto kWeighted = testing::Values("latency", "vruntime");

// ---- kernel threads of any nice value ----

class NiceKernelThreads : public testing::TestWithParam<std::tuple<std::string, int>> {
 protected:
  std::string policy() const { return std::get<0>(GetParam()); }
  int nice() const { return std::get<1>(GetParam()); }
  TaskGroup Thread(int count = 1) const {
    return {.name = "kthread",
            .count = count,
            .nice = nice(),
            .allowed = Only(0),
            .kthread = true,
            .steps = kSpins};
  }
};

TEST_P(NiceKernelThreads, OneSharesACpuByWeight) {
  const double part = Part(
      RunGood(policy(), On(2, {Thread(), {.name = "pinned", .allowed = Only(0), .steps = kSpins}},
                           Seconds(8))),
      1);
  const double expected = 100 * Load(nice()) / (Load(nice()) + Load(0));
  EXPECT_NEAR(part, expected, expected * 0.2);
}

TEST_P(NiceKernelThreads, TwoDoSoBesideACrowdElsewhere) {
  const sim::RunResult result =
      RunGood(policy(), On(2,
                           {Thread(2),
                            {.name = "pinned", .count = 2, .allowed = Only(0), .steps = kSpins},
                            {.name = "crowd", .count = 60, .allowed = Only(1), .steps = kSpins}},
                           Seconds(8)));
  const double expected = 100 * Load(nice()) / (Load(nice()) + Load(0));
  EXPECT_NEAR(Part(result, 1), expected, expected * 0.2);
}

TEST_P(NiceKernelThreads, OneThatMayMoveLeavesBusyCpusToTheirTasks) {
  TaskGroup thread = Thread();
  thread.allowed.reset();
  const sim::RunResult result =
      RunGood(policy(), On(4, {thread, {.name = "hog", .count = 4, .steps = kSpins}}, Seconds(8)));
  const double expected = 400 * Load(nice()) / (Load(nice()) + 4 * Load(0));
  EXPECT_LT(OfACpu(result, 0), expected * 1.3);
}

INSTANTIATE_TEST_SUITE_P(All, NiceKernelThreads,
                         testing::Combine(kWeighted, testing::Values(0, 5, 10, 19)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param), "Nice",
                                               std::get<1>(info.param));
                         });

class Shares : public testing::TestWithParam<std::string> {};

// A kworker, ksmd, khugepaged.
TEST_P(Shares, OfKernelThreadsOfSeveralNiceValues) {
  std::vector<TaskGroup> groups = {{.name = "pinned", .allowed = Only(0), .steps = kSpins}};
  for (const int nice : {0, 5, 19}) {
    groups.push_back({.name = absl::StrCat("kthread", nice),
                      .nice = nice,
                      .allowed = Only(0),
                      .kthread = true,
                      .steps = kSpins});
  }
  const sim::RunResult result = RunGood(GetParam(), On(2, groups, Seconds(10)));
  const double all = 2 * Load(0) + Load(5) + Load(19);
  EXPECT_NEAR(OfACpu(result, 0), 100 * Load(0) / all, 100 * Load(0) / all * 0.2);
  EXPECT_NEAR(OfACpu(result, 1), 100 * Load(0) / all, 100 * Load(0) / all * 0.2);
  EXPECT_NEAR(OfACpu(result, 2), 100 * Load(5) / all, 100 * Load(5) / all * 0.25);
}

// ---- tasks without a slot ----

TEST_P(Shares, OfTasksWithoutASlotBesideACrowd) {
  sim::SimulationOptions options =
      On(8, {{.name = "slotless", .count = 4, .allowed = Only(0), .steps = kSpins},
             {.name = "slotted", .count = 100, .allowed = Only(0), .steps = kSpins}});
  // The slots go to those that come first.
  std::swap(options.workload.groups[0], options.workload.groups[1]);
  options.workload.setting.max_tasks = 101;
  const sim::RunResult result = RunGood(GetParam(), options);
  EXPECT_LT(OfACpu(result, 1), 100 * 4 / 104. * 2);
}

// ---- a fallback ----

// The agent is stopped for nearly all of the time.
sim::SimulationOptions Stopped(sim::SimulationOptions options) {
  options.faults = {.stop_agent = Millis(100), .stop = Seconds(8)};
  options.seed = 3;
  return options;
}

TEST_P(Shares, OfPinnedAndFreeTasksInAFallback) {
  for (const int nice : {19, 5, -5}) {
    const sim::RunResult result =
        RunGood(GetParam(),
                Stopped(On(2,
                           {{.name = "pinned", .nice = nice, .allowed = Only(0), .steps = kSpins},
                            {.name = "free", .count = 3, .steps = kSpins}},
                           Seconds(10))));
    // A task cannot have more than a CPU.
    const double expected = std::min(100., 200 * Load(nice) / (Load(nice) + 3 * Load(0)));
    EXPECT_NEAR(OfACpu(result, 0), expected, std::max(expected * 0.2, 1.)) << nice;
  }
}

TEST_P(Shares, OfManyLightTasksInAFallback) {
  const sim::RunResult result =
      RunGood(GetParam(), Stopped(On(2,
                                     {{.name = "heavy", .count = 4, .steps = kSpins},
                                      {.name = "light", .count = 16, .nice = 19, .steps = kSpins}},
                                     Seconds(10))));
  // By weight 189 %. Each of the others has a turn of 2 ms in 350 ms all the same.
  EXPECT_GT(OfACpu(result, 0), 175);
}

INSTANTIATE_TEST_SUITE_P(All, Shares, kWeighted, [](const auto& info) { return info.param; });

// ---- a CPU that a higher class takes ----

class Taken : public testing::TestWithParam<std::string> {
 protected:
  // The CPU is taken when all that wait for it are there.
  static TaskGroup RealTime() {
    return {.name = "rt",
            .allowed = Only(0),
            .policy = sim::kSchedFifo,
            .steps = {sim::Sleep(Seconds(1)), sim::Run(Seconds(30))}};
  }
};

TEST_P(Taken, KeepsNobodyWhoMayRunElsewhere) {
  for (const int count : {8, 60, 1000}) {
    sim::SimulationOptions options =
        On(4, {{.name = "slotless", .count = count, .allowed = CpuSet::FirstN(2), .steps = kSpins},
               RealTime()});
    options.workload.setting.max_tasks = 2;
    EXPECT_LT(RunGood(GetParam(), options).longest_wait, Millis(1250)) << count;
  }
}

TEST_P(Taken, NorInAFallback) {
  sim::SimulationOptions options = On(
      4, {{.name = "some", .count = 60, .allowed = CpuSet::FirstN(2), .steps = kSpins}, RealTime()},
      Seconds(10));
  EXPECT_LT(RunGood(GetParam(), Stopped(options)).longest_wait, Millis(1250));
}

TEST_P(Taken, GivesWhatIsLeftToThoseWhoMustStay) {
  sim::SimulationOptions options =
      On(2, {{.name = "pinned", .count = 6, .allowed = Only(0), .steps = kSpins},
             {.name = "free", .count = 80, .steps = kSpins},
             {.name = "rt", .allowed = Only(0), .policy = sim::kSchedFifo, .steps = kSpins}});
  options.workload.setting.max_tasks = 3;
  EXPECT_GT(OfACpu(RunGood(GetParam(), options), 0), 3.5);
}

// A task that was alone is stopped by a burst, and another CPU idles.
TEST_P(Taken, ForAMomentItHoldsATaskNoLonger) {
  sim::SimulationOptions options =
      On(2, {{.name = "task", .steps = {sim::Sleep(Millis(200)), sim::Run(Millis(20))}},
             {.name = "rt",
              .allowed = Only(0),
              .policy = sim::kSchedFifo,
              .steps = {sim::Period(Millis(213)), sim::Run(Millis(60))}}});
  Instant stopped;
  Nanos longest;
  options.sink = [&](const sim::TraceRecord& record) {
    if (record.task != 1) return;
    if (record.kind == sim::TraceKind::kStopping) stopped = record.time;
    if (record.kind == sim::TraceKind::kRunnable) stopped = record.time;
    if (record.kind == sim::TraceKind::kRunning) longest = std::max(longest, record.time - stopped);
  };
  RunGood(GetParam(), options);
  EXPECT_LT(longest, Millis(12));
}

INSTANTIATE_TEST_SUITE_P(All, Taken, testing::Values("fifo", "latency", "skeleton", "vruntime"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace scxx
