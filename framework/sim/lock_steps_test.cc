// SPDX-License-Identifier: Apache-2.0
//
// What tasks do at locks, on a whole machine: who goes on when, whatever else happens to them.

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A small table: a sanitizer takes its time for setting up a large one.
constexpr uint32_t kMaxTasks = 256;

SimulatedPolicy Fifo() { return Simulated<FifoPolicy>(); }

RunResult RunTasks(Workload workload, const FaultRates& faults = {}, uint64_t seed = 1) {
  return RunSimulation({.topology = {.cores_per_llc = 4},
                        .workload = std::move(workload),
                        .seed = seed,
                        .duration = Millis(200),
                        .faults = faults,
                        .max_tasks = kMaxTasks},
                       Fifo());
}

Workload Exclusive() {
  return {
      .groups = {{.name = "t", .count = 4, .steps = {Lock(0), sim::Run(Millis(1)), Unlock(0)}}}};
}

// Four tasks, four CPUs, and one CPU's worth of time.
TEST(LockSteps, OneTaskAtATimeHasAMutex) {
  const RunResult result = RunTasks(Exclusive());
  EXPECT_EQ(result.failure, "");
  EXPECT_LE(result.groups[0].cpu_time, Millis(200));
  EXPECT_GT(result.groups[0].cpu_time, Millis(180));
  EXPECT_GT(result.groups[0].wakeups, 150u);
}

TEST(LockSteps, AMutexThatNobodyWaitsForCostsNothing) {
  const RunResult result =
      RunTasks({.groups = {{.name = "t", .steps = Exclusive().groups[0].steps}}});
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.groups[0].wakeups, 0u);
  EXPECT_GT(result.groups[0].cpu_time, Millis(198));
}

TEST(LockSteps, EqualSeedsGiveEqualRuns) {
  const Workload convoy = *BuiltinWorkload("lock_convoy", 4);
  const RunResult once = RunTasks(convoy, {}, 5);
  EXPECT_EQ(once.failure, "");
  EXPECT_EQ(once.hash, RunTasks(convoy, {}, 5).hash);
}

// A wakeup for nothing lets nobody into a critical section.
TEST(LockSteps, SpuriousWakeupsAreSleptOff) {
  const RunResult calm = RunTasks(Exclusive());
  const RunResult result = RunTasks(Exclusive(), {.wake = Micros(100)});
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].wakeups, calm.groups[0].wakeups + 500);
  EXPECT_LT(result.groups[0].cpu_time, Millis(220));
}

TEST(LockSteps, WhatAKilledTaskHasGoesToTheNext) {
  const Workload workload{
      .groups = {Exclusive().groups[0],
                 {.name = "last",
                  .steps = {Sleep(Millis(150)), Lock(0), sim::Run(Micros(10)), Unlock(0)}}}};
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_EQ(RunTasks(workload, {.kill_task = Millis(20)}, seed).failure, "") << seed;
  }
}

TEST(LockSteps, EachSignalIsOneTurnOfTheWaiter) {
  const RunResult result = RunTasks(
      {.groups = {
           {.name = "eats", .steps = {Lock(0), CondWait(0, 0), sim::Run(Micros(100)), Unlock(0)}},
           {.name = "cooks", .steps = {Sleep(Millis(2)), Lock(0), Signal(0), Unlock(0)}}}});
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].wakeups, 90u);
  EXPECT_LE(result.groups[0].wakeups, 100u);
  EXPECT_GT(result.groups[0].cpu_time, Millis(9));
}

TEST(LockSteps, ABroadcastWakesAll) {
  const RunResult result = RunTasks(
      {.groups = {{.name = "waits", .count = 5, .steps = {Lock(0), CondWait(0, 0), Unlock(0)}},
                  {.name = "calls", .steps = {Sleep(Millis(2)), Broadcast(0)}}}});
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].wakeups, 450u);
}

// The slowest sets the pace: all do as many rounds.
TEST(LockSteps, TasksMeetAtABarrier) {
  Workload workload;
  for (int i = 1; i <= 3; ++i) {
    workload.groups.push_back(
        {.name = std::to_string(i), .steps = {sim::Run(Millis(i)), Barrier(0)}});
  }
  const RunResult result = RunTasks(std::move(workload));
  EXPECT_EQ(result.failure, "");
  for (int i = 0; i < 3; ++i) {
    EXPECT_GT(result.groups[i].cpu_time, Millis(55) * (i + 1)) << i;
    EXPECT_LT(result.groups[i].cpu_time, Millis(70) * (i + 1)) << i;
  }
}

TEST(LockSteps, AResumeEndsNoSleepBeforeItsTime) {
  const RunResult result =
      RunTasks({.groups = {{.name = "sleeps", .steps = {Sleep(Millis(50)), Suspend(0)}},
                           {.name = "rings", .steps = {Sleep(Millis(1)), Resume(0)}}}});
  EXPECT_EQ(result.failure, "");
  EXPECT_LE(result.groups[0].wakeups, 4u);
}

// ---- what cannot go well ----

TEST(LockSteps, ARingOfMutexesIsAVerdict) {
  const RunResult result =
      RunTasks({.groups = {{.name = "a",
                            .steps = {Lock(0), sim::Run(Millis(1)), Lock(1), Unlock(1), Unlock(0)}},
                           {.name = "b",
                            .steps = {Lock(1), sim::Run(Millis(2)), Lock(0), Unlock(0), Unlock(1)}},
                           {.name = "hog", .steps = {sim::Run(Seconds(1))}}},
                .locks = {.mutexes = {"left", "right"}}});
  EXPECT_EQ(result.failure,
            "deadlock: task2 (b) waits for mutex \"left\", which task1 (a) has; "
            "task1 (a) waits for mutex \"right\", which task2 (b) has");
}

TEST(LockSteps, NobodyLeftToWakeAnybodyIsAVerdict) {
  const Workload lost{
      .groups = {{.name = "waits", .count = 8, .steps = {Lock(0), CondWait(0, 0), Unlock(0)}},
                 {.name = "calls", .loops = 1, .steps = {Signal(0)}}}};
  const RunResult result = RunTasks(lost);
  EXPECT_THAT(result.failure, StartsWith("deadlock: task"));
  EXPECT_THAT(result.failure, HasSubstr("(waits) waits for condition 0; "));
  EXPECT_THAT(result.failure, HasSubstr(" more"));
}

TEST(LockSteps, AMutexOfAnotherIsNotGiven) {
  const RunResult result =
      RunTasks({.groups = {{.name = "t", .steps = {sim::Run(Millis(1)), Unlock(0)}}}});
  EXPECT_EQ(result.failure, "workload: task1 (t) gives mutex 0 and does not have it");
}

}  // namespace
}  // namespace scxx::sim
