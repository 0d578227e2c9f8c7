// SPDX-License-Identifier: Apache-2.0
//
// When tasks go on that look at the clock, on a whole machine: timers, delays, and running until.

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

using Wakeups = std::vector<int64_t>;

RunResult RunFifo(const SimulationOptions& options) {
  return RunSimulation(options, Simulated<FifoPolicy>());
}

SimulationOptions Options(Workload workload, int cpus) {
  return {.topology = {.cores_per_llc = cpus},
          .workload = std::move(workload),
          .duration = Millis(50),
          .max_tasks = 64};
}

// The milliseconds, rounded, at which tasks called `name` wake.
Wakeups WakeupsOf(absl::string_view name, Workload workload) {
  SimulationOptions options = Options(std::move(workload), 4);
  Instant start;
  Wakeups wakeups;
  options.tracer = [&](const TraceRecord& record, absl::string_view comm) {
    if (start == Instant()) start = record.time;
    if (record.kind != TraceKind::kSelectCpu || comm != name || record.time == start) return;
    wakeups.push_back((record.time - start + Micros(500)) / Millis(1));
  };
  EXPECT_EQ(RunFifo(options).failure, "");
  return wakeups;
}

// Late by 13 ms at first.
std::vector<Step> LateAtFirst() {
  return {sim::Run(Millis(23)), Timer(0, Millis(10)), sim::Run(Millis(1)), Timer(0, Millis(10))};
}

TEST(Timers, ALateOneCountsFromNowOrCatchesUp) {
  const TaskGroup group{.name = "t", .repeat_from = 2, .steps = LateAtFirst()};
  EXPECT_EQ(WakeupsOf("t", {.groups = {group}}), (Wakeups{33, 43}));
  // At 23 ms it is due at 10, 20 and 30.
  EXPECT_EQ(WakeupsOf("t", {.groups = {group}, .timers = {{.absolute = true}}}), (Wakeups{30, 40}));
}

TEST(Timers, EachTaskHasItsOwnOrAllShareOne) {
  const TaskGroup pair{
      .name = "pair", .count = 2, .steps = {sim::Run(Millis(1)), Timer(0, Millis(10))}};
  EXPECT_EQ(WakeupsOf("pair", {.groups = {pair}}), (Wakeups{10, 10, 20, 20, 30, 30, 40, 40}));
  EXPECT_EQ(WakeupsOf("pair", {.groups = {pair}, .timers = {{.shared = true}}}),
            (Wakeups{10, 20, 30, 40}));
}

TEST(Timers, CountFromTheEndOfTheDelay) {
  EXPECT_EQ(WakeupsOf("t", {.groups = {{.name = "t",
                                        .repeat_from = 1,
                                        .steps = {Delay(Millis(7)), sim::Run(Millis(1)),
                                                  Timer(0, Millis(10))}}}}),
            (Wakeups{7, 17, 27, 37, 47}));
}

// The clock of a task that comes later is that of the workload.
TEST(Timers, ADelayIsOverForWhoIsForkedAfterIt) {
  const Workload workload{
      .groups = {{.name = "parent", .steps = {Sleep(Millis(15)), ForkOne(1), Sleep(Seconds(1))}},
                 {.name = "child",
                  .count = 0,
                  .repeat_from = 1,
                  .steps = {Delay(Millis(7)), Timer(0, Millis(10)), sim::Run(Millis(1))}}}};
  EXPECT_EQ(WakeupsOf("child", workload), (Wakeups{15, 17, 27, 37, 47}));
}

TEST(Timers, OneWithoutAPeriodIsAlwaysDue) {
  const RunResult result = RunFifo(Options(
      {.groups = {{.name = "t", .steps = {sim::Run(Millis(1)), Timer(0, Nanos::Zero())}}}}, 1));
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.groups[0].wakeups, 0u);
  EXPECT_GT(result.groups[0].cpu_time, Millis(44));
}

// Half of the time is another's, and passes all the same.
TEST(RunUntil, TimeOffTheCpuCounts) {
  const TaskGroup spins{.name = "spins", .count = 2, .loops = 1, .steps = {RunUntil(Millis(30))}};
  const RunResult result = RunFifo(Options({.groups = {spins}}, 1));
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].cpu_time, Millis(29));
  EXPECT_LT(result.groups[0].cpu_time, Millis(40));
}

TEST(RunUntil, WhatComesAfterItTakesItsTime) {
  const RunResult result = RunFifo(Options(
      {.groups = {{.name = "t",
                   .steps = {RunUntil(Millis(5)), sim::Run(Millis(5)), Sleep(Millis(10))}}}},
      1));
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].cpu_time, Millis(24));
}

// It ends in the break after 25 ms, so another begins after 30.
TEST(RunUntil, ABudgetHoldsToo) {
  const RunResult result = RunFifo(Options({.groups = {{.name = "dl",
                                                        .policy = kSchedDeadline,
                                                        .budget = {Millis(2), Millis(10)},
                                                        .steps = {RunUntil(Millis(25))}}}},
                                           1));
  EXPECT_EQ(result.failure, "");
  EXPECT_GE(result.groups[0].cpu_time, Millis(10));
  EXPECT_LT(result.groups[0].cpu_time, Millis(11));
}

}  // namespace
}  // namespace scxx::sim
