// SPDX-License-Identifier: Apache-2.0
//
// Tasks that take on other attributes as they go, and budgets, on a whole machine.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/cpu_set.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

SimulationOptions Options(Workload workload, int cpus) {
  return {.topology = {.cores_per_llc = cpus},
          .workload = std::move(workload),
          .duration = Millis(400),
          .max_tasks = 64};
}

RunResult RunFifo(const SimulationOptions& options) {
  return RunSimulation(options, Simulated<FifoPolicy>());
}

TEST(Changes, ATaskRunsWhereItsLastChangeSays) {
  SimulationOptions options =
      Options({.groups = {{.name = "moves",
                           .steps = {Change(0), sim::Run(Millis(3)), Change(1), Sleep(Millis(1)),
                                     sim::Run(Millis(3)), Change(2), sim::Run(Millis(3))},
                           .changes = {{.allowed = CpuSet::Only(CpuId(2))},
                                       {.allowed = CpuSet::Only(CpuId(0))},
                                       {.allowed = CpuSet::Only(CpuId(1))}}},
                          {.name = "hog", .count = 3, .steps = {sim::Run(Seconds(1))}}}},
              3);
  std::vector<int> cpus;
  options.tracer = [&](const TraceRecord& record, absl::string_view comm) {
    if (record.kind != TraceKind::kRunning || comm != "moves") return;
    if (cpus.empty() || cpus.back() != record.cpu) cpus.push_back(record.cpu);
  };
  EXPECT_EQ(RunFifo(options).failure, "");
  ASSERT_GT(cpus.size(), 8u);
  for (size_t i = 2; i + 3 < cpus.size(); ++i) EXPECT_EQ(cpus[i], cpus[i + 3]) << i;
  EXPECT_EQ(std::set<int>(cpus.begin(), cpus.end()).size(), 3u);
}

// On one CPU with a hog: alone as long as it is in the higher class, and in turns with it after.
TEST(Changes, AHigherClassComesFirstAndEnds) {
  const SchedClass fifo{.policy = kSchedFifo}, normal;
  const RunResult result = RunFifo(Options(
      {.groups = {{.name = "both",
                   .steps = {Change(0), sim::Run(Millis(40)), Change(1), sim::Run(Millis(10))},
                   .changes = {{.sched_class = fifo}, {.sched_class = normal}}},
                  {.name = "hog", .steps = {sim::Run(Seconds(1))}}}},
      1));
  EXPECT_EQ(result.failure, "");
  // 40 ms without the hog, and 10 ms in turns with it.
  EXPECT_GT(result.groups[0].cpu_time, Millis(290));
  EXPECT_GT(result.groups[1].cpu_time, Millis(40));
  EXPECT_LT(result.groups[1].cpu_time, Millis(100));
}

TEST(Changes, EveryClassFollowsEveryOther) {
  const unsigned int policies[] = {kSchedNormal, kSchedFifo,  kSchedIdle,
                                   kSchedRr,     kSchedBatch, kSchedDeadline};
  TaskGroup group{.name = "all", .count = 3};
  for (const unsigned int from : policies) {
    for (const unsigned int to : policies) {
      for (const unsigned int policy : {from, to}) {
        group.steps.push_back(Change(static_cast<uint32_t>(group.changes.size())));
        group.steps.push_back(sim::Run(Micros(70)));
        if (group.steps.size() % 3 == 0) group.steps.push_back(Sleep(Micros(50)));
        group.changes.push_back(
            {.allowed = CpuSet::Only(CpuId(static_cast<int>(group.changes.size() % 2))),
             .sched_class = SchedClass{.policy = policy,
                                       .nice = static_cast<int>(policy),
                                       .budget = {Micros(100), Micros(300)}},
             .cgroup = 1 + policy});
      }
    }
  }
  SimulationOptions options =
      Options({.groups = {group, {.name = "hog", .count = 2, .steps = {sim::Run(Seconds(1))}}}}, 2);
  options.faults = {.affinity = Millis(1),
                    .nice = Millis(1),
                    .change_class = Millis(1),
                    .wake = Millis(1),
                    .hotplug = Millis(40),
                    .interrupt = Millis(3),
                    .suspend = Millis(100),
                    .no_migration = Millis(2)};
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    options.seed = seed;
    const RunResult result = RunFifo(options);
    EXPECT_EQ(result.failure, "") << seed;
    EXPECT_GT(result.groups[0].cpu_time, Millis(10));
  }
}

TEST(Changes, ASemaphoreIsPassedOn) {
  const RunResult result = RunFifo(
      Options({.groups = {{.name = "eats", .count = 2, .steps = {Take(0), sim::Run(Micros(100))}},
                          {.name = "cooks", .steps = {Sleep(Millis(4)), Give(0)}}},
               .semaphores = {20}},
              4));
  EXPECT_EQ(result.failure, "");
  // 20 at first, and one every 4 ms.
  EXPECT_GT(result.groups[0].cpu_time, Millis(10));
  EXPECT_LT(result.groups[0].cpu_time, Millis(14));
}

TEST(Budgets, ADeadlineTaskGetsItsRuntimeOfEachPeriod) {
  const RunResult result =
      RunFifo(Options({.groups = {{.name = "dl",
                                   .policy = kSchedDeadline,
                                   .budget = {Millis(2), Millis(10)},
                                   .steps = {sim::Run(Seconds(1))}},
                                  {.name = "hog", .steps = {sim::Run(Seconds(1))}}}},
                      1));
  EXPECT_EQ(result.failure, "");
  EXPECT_GE(result.groups[0].cpu_time, Millis(78));
  EXPECT_LE(result.groups[0].cpu_time, Millis(82));
  EXPECT_GT(result.groups[1].cpu_time, Millis(310));
  EXPECT_EQ(result.groups[0].wakeups, 0u);  // a budget is no wakeup of the task's
}

TEST(Budgets, ARuntimeOfAWholePeriodIsNoLimit) {
  const RunResult result = RunFifo(Options({.groups = {{.name = "dl",
                                                        .policy = kSchedDeadline,
                                                        .budget = {Millis(2), Millis(2)},
                                                        .steps = {sim::Run(Seconds(1))}}}},
                                           1));
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].cpu_time, Millis(398));
}

TEST(Budgets, AYieldGivesTheRestOfIt) {
  const RunResult result = RunFifo(Options({.groups = {{.name = "dl",
                                                        .policy = kSchedDeadline,
                                                        .budget = {Millis(2), Millis(10)},
                                                        .steps = {sim::Run(Millis(1)), Yield()}}}},
                                           1));
  EXPECT_EQ(result.failure, "");
  EXPECT_GE(result.groups[0].cpu_time, Millis(38));
  EXPECT_LE(result.groups[0].cpu_time, Millis(42));
}

}  // namespace
}  // namespace scxx::sim
