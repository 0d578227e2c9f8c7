// SPDX-License-Identifier: Apache-2.0
//
// Each fault happens when its rate says so, the machine shows it, and the shipped code lives with
// it.

#include "framework/sim/faults.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"

#include "framework/sim/simulation.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

// A small table: a sanitizer takes its time for setting up a large one.
constexpr uint32_t kMaxTasks = 256;

SimulatedPolicy Fifo() { return Simulated<FifoPolicy>(); }

class FaultsTest : public testing::Test {
 protected:
  // Four CPUs, so that ticks come at whole milliseconds.
  RunResult RunWith(const FaultRates& faults, Workload workload) {
    counts_.clear();
    off_tick_ = 0;
    SimulationOptions options{.topology = {.cores_per_llc = 4},
                              .workload = std::move(workload),
                              .duration = Millis(500),
                              .faults = faults,
                              .max_tasks = kMaxTasks,
                              .sink = [this](const TraceRecord& r) { Count(r); }};
    return RunSimulation(options, Fifo());
  }
  RunResult RunWith(const FaultRates& faults) {
    return RunWith(faults, *BuiltinWorkload("hogs", 4));
  }
  uint64_t count(TraceKind kind) { return counts_[kind]; }
  uint64_t off_tick() const { return off_tick_; }

 private:
  void Count(const TraceRecord& r) {
    ++counts_[r.kind];
    off_tick_ += r.kind == TraceKind::kStopping && r.time.nanos() % Millis(1).count() != 0;
  }

  std::map<TraceKind, uint64_t> counts_;
  uint64_t off_tick_ = 0;
};

TEST_F(FaultsTest, NoneHappensByDefault) {
  EXPECT_EQ(RunWith({}).failure, "");
  EXPECT_EQ(count(TraceKind::kFault), 0u);
  EXPECT_FALSE(FaultRates().any());
}

TEST_F(FaultsTest, HotplugEndsTheSchedulerWhichIsAttachedAgain) {
  const RunResult result = RunWith({.hotplug = Millis(40)});
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(count(TraceKind::kHotplug), 5u);
  EXPECT_GT(result.attachments, 3u);
  EXPECT_LE(result.attachments, count(TraceKind::kHotplug) + 1);
}

TEST_F(FaultsTest, ACgroupMoveTakesAWaitingTaskOutOfCustodyAndBack) {
  const RunResult result = RunWith({.cgroup = Millis(2)});
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(count(TraceKind::kCgroupMove), 100u);
}

// Without it hogs stop at ticks only.
TEST_F(FaultsTest, JitterMovesTicks) {
  EXPECT_EQ(RunWith({}).failure, "");
  const uint64_t calm = off_tick();
  EXPECT_EQ(RunWith({.jitter = Millis(5)}).failure, "");
  EXPECT_GT(off_tick(), calm + 50);
}

TEST_F(FaultsTest, AHigherClassStopsWhatRuns) {
  const Workload alone{.groups = {{.name = "hog", .count = 2, .steps = {sim::Run(Seconds(1))}}}};
  EXPECT_EQ(RunWith({}, alone).failure, "");
  const uint64_t calm = count(TraceKind::kStopping);
  EXPECT_EQ(RunWith({.interrupt = Millis(2)}, alone).failure, "");
  EXPECT_GT(count(TraceKind::kStopping), calm + 50);
}

// The affinity of a task names CPUs that are offline as well; no decision may wait there.
TEST_F(FaultsTest, TasksForACpuThatIsOfflineRunOnTheOther) {
  CpuSet cpus;
  cpus.Add(CpuId(1));
  cpus.Add(CpuId(3));
  const Workload two_cpus{
      .groups = {{.name = "hog", .count = 3, .allowed = cpus, .steps = {sim::Run(Seconds(1))}},
                 {.name = "any", .count = 4, .steps = {sim::Run(Seconds(1))}}}};
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const RunResult result =
        RunSimulation({.topology = {.cores_per_llc = 4},
                       .workload = two_cpus,
                       .seed = seed,
                       .duration = Millis(600),
                       .faults = {.hotplug = Millis(100)},
                       .safety_bounds = {.max_wait = Millis(150), .max_idle = Millis(100)},
                       .max_tasks = kMaxTasks},
                      Fifo());
    EXPECT_EQ(result.failure, "") << "seed " << seed;
  }
}

// Four hogs and more have four CPUs, but for the time in which there are none.
TEST_F(FaultsTest, WhileAllCpusStandNobodyRunsAndAfterwardsAllGoOn) {
  const RunResult result = RunWith({.suspend = Millis(20)});
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(count(TraceKind::kFault), 5u);
  EXPECT_LT(result.groups[0].cpu_time, Millis(1700));
  EXPECT_GT(result.groups[0].cpu_time, Millis(300));
  EXPECT_GT(result.decisions, 40u);
}

TEST_F(FaultsTest, ATaskThatMayNotMigrateIsLeftToItsCpu) {
  EXPECT_EQ(RunWith({}, *BuiltinWorkload("mixed", 4)).failure, "");
  EXPECT_EQ(count(TraceKind::kSetCpumask), 0u);
  EXPECT_EQ(RunWith({.no_migration = Millis(1)}, *BuiltinWorkload("mixed", 4)).failure, "");
  EXPECT_GT(count(TraceKind::kSetCpumask), 100u);
}

TEST(FaultRates, NameThemselves) {
  EXPECT_EQ(ToString(FaultRates()), "none");
  EXPECT_EQ(ToString({.hotplug = Millis(40), .jitter = Millis(5)}), "hotplug=40.0ms jitter=5.00ms");
}

}  // namespace
}  // namespace scxx::sim
