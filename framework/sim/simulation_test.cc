// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/simulation.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

SimulatedPolicy Fifo() { return Simulated<FifoPolicy>(); }

SimulationOptions Options(const char* workload, int cpus, uint64_t seed) {
  return {.topology = {.cores_per_llc = cpus},
          .workload = *BuiltinWorkload(workload, cpus),
          .seed = seed,
          .duration = Millis(200)};
}

TEST(Simulation, EqualSeedsGiveEqualRuns) {
  for (const char* workload : {"bursts", "mixed", "forks"}) {
    const RunResult once = RunSimulation(Options(workload, 4, 7), Fifo());
    const RunResult again = RunSimulation(Options(workload, 4, 7), Fifo());
    EXPECT_EQ(once.failure, "");
    EXPECT_GT(once.events, 1000u);
    EXPECT_EQ(once.hash, again.hash) << workload;
    EXPECT_EQ(FormatTable(once), FormatTable(again));
    EXPECT_NE(once.hash, RunSimulation(Options(workload, 4, 8), Fifo()).hash) << workload;
  }
}

TEST(Simulation, HogsShareTheMachineAndTheAgentNeedsLittle) {
  const RunResult result = RunSimulation(Options("hogs", 2, 1), Fifo());
  ASSERT_EQ(result.failure, "");
  ASSERT_EQ(result.groups.size(), 1u);
  EXPECT_EQ(result.groups[0].tasks, 4u);
  // Two CPUs for 200 ms, less what the agent takes.
  EXPECT_GT(result.groups[0].cpu_time, Millis(390));
  EXPECT_LE(result.groups[0].cpu_time + result.agent_time, Millis(400));
  EXPECT_GT(result.decisions, 40u);
  EXPECT_EQ(result.fallbacks, 0u);
}

// The CPU that the first task may not use is for the next one.
TEST(Simulation, TasksForOneCpuDoNotKeepTheOthersIdle) {
  SimulationOptions options = Options("bursts", 2, 1);
  CpuSet cpu0;
  cpu0.Add(CpuId(0));
  options.workload = {
      .groups = {
          {.name = "pinned", .count = 5, .allowed = cpu0, .steps = {sim::Run(Seconds(1))}},
          {.name = "free", .count = 2, .steps = {sim::Run(Millis(2)), sim::Sleep(Millis(1))}},
      }};
  options.safety_bounds = {.max_idle = Millis(5)};
  const RunResult result = RunSimulation(options, Fifo());
  EXPECT_EQ(result.failure, "");
}

TEST(Simulation, EveryRecordReachesTheSink) {
  SimulationOptions options = Options("pipes", 1, 1);
  options.duration = Millis(5);
  uint64_t running = 0;
  options.sink = [&](const TraceRecord& record) { running += record.kind == TraceKind::kRunning; };
  const RunResult result = RunSimulation(options, Fifo());
  EXPECT_GT(result.groups[0].switches, 100u);
  EXPECT_GE(running, result.groups[0].switches);
}

// ---- what machines have besides ----

TEST(Harsh, KernelThreadsRunBesideTheRest) {
  const RunResult result = RunSimulation(Options("kthreads", 4, 1), Fifo());
  ASSERT_EQ(result.failure, "");
  for (const GroupStats& group : result.groups) EXPECT_GT(group.cpu_time, Millis(1));
}

TEST(Harsh, ARealtimeHogLeavesTheTasksOfItsCpuATwentieth) {
  SimulationOptions options = Options("hogs", 2, 1);
  options.workload = {.groups = {{.name = "rt",
                                  .allowed = CpuSet::Only(CpuId(0)),
                                  .policy = kSchedFifo,
                                  .steps = {sim::Run(Seconds(1))}},
                                 {.name = "pinned",
                                  .count = 2,
                                  .allowed = CpuSet::Only(CpuId(0)),
                                  .steps = {sim::Run(Seconds(1))}}}};
  options.duration = Seconds(4);
  const RunResult result = RunSimulation(options, Fifo());
  ASSERT_EQ(result.failure, "");
  EXPECT_GT(result.groups[0].cpu_time, Millis(3700));
  EXPECT_GT(result.groups[1].cpu_time, Millis(150));
  EXPECT_LT(result.groups[1].cpu_time, Millis(250));
}

TEST(Harsh, ThousandsOfTasksOfOneCpu) {
  const RunResult result = RunSimulation(Options("crowd", 2, 1), Fifo());
  ASSERT_EQ(result.failure, "");
  EXPECT_EQ(result.groups[0].tasks, 2000u);
}

TEST(Harsh, TasksWithoutASlotRunToo) {
  const RunResult result = RunSimulation(Options("few_slots", 2, 1), Fifo());
  ASSERT_EQ(result.failure, "");
  for (const GroupStats& group : result.groups) EXPECT_GT(group.cpu_time, Millis(1));
}

TEST(Harsh, CpusThatCouldBeThereAreNot) {
  const RunResult result = RunSimulation(Options("hotpluggable", 2, 1), Fifo());
  ASSERT_EQ(result.failure, "");
  EXPECT_EQ(result.cpus, 2);
  Nanos sum;
  for (const GroupStats& group : result.groups) sum += group.cpu_time;
  EXPECT_GT(sum, Millis(380));
  EXPECT_LE(sum, Millis(400));
}

TEST(Harsh, AnAgentRunsOnItsCpuOnly) {
  SimulationOptions options = Options("agent_cpu", 4, 1);
  int runs = 0;
  options.sink = [&](const TraceRecord& record) {
    if (record.kind != TraceKind::kRunning || record.task != 0) return;
    ++runs;
    EXPECT_EQ(record.cpu, 3);
  };
  EXPECT_EQ(RunSimulation(options, Fifo()).failure, "");
  EXPECT_GT(runs, 10);
}

TEST(Harsh, EachIsThere) {
  for (const std::string& name : HarshWorkloadNames()) {
    EXPECT_TRUE(BuiltinWorkload(name, 2).ok()) << name;
  }
}

}  // namespace
}  // namespace scxx::sim
