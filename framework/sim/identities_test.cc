// SPDX-License-Identifier: Apache-2.0
//
// Counting identities: what must add up in the trace of any run, however it went (C1 to C8). The
// runs are the simulator's, with faults; the dispatcher, the engine and a policy are the shipped
// ones.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"

#include "framework/sim/campaign.h"
#include "framework/sim/simulation.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

// A small table: a sanitizer takes its time for setting up a large one.
constexpr uint32_t kMaxTasks = 256;

SimulatedPolicy Fifo() { return Simulated<FifoPolicy>(); }

// Counts records, per task and per CPU.
class Ledger {
 public:
  // While the kernel schedules by itself nobody hears of idle CPUs, so C8 does not hold.
  void BearSuspends() { suspends_ = true; }
  void Add(const TraceRecord& r) {
    ++totals_[r.kind];
    if (r.kind == TraceKind::kRunnable) wakeups_ += (r.value & kEnqWakeup) != 0;
    if (r.kind == TraceKind::kUpdateIdle && !suspends_) CheckUpdateIdle(r);
    if (r.kind == TraceKind::kDequeue) dispatched_ += r.value == 0;
    if (r.kind == TraceKind::kHotplug) seen_idle_.clear();  // another scheduler, told anew
    if (r.task == kNoTask) return;
    switches_ += r.kind == TraceKind::kRunning && r.task != 0;
    Task& task = tasks_[r.task];
    ++task.counts[r.kind];
    CheckPairs(r.task, task);
  }

  uint64_t total(TraceKind kind) { return totals_[kind]; }
  uint64_t wakeups() const { return wakeups_; }
  uint64_t dispatched() const { return dispatched_; }
  // To other tasks than the agent, which is no member of a group.
  uint64_t switches() const { return switches_; }
  const std::vector<std::string>& broken() const { return broken_; }

 private:
  struct Task {
    std::map<TraceKind, int64_t> counts;
  };

  // C1.
  void CheckPairs(uint32_t index, Task& task) {
    const auto open = [&](TraceKind begin, TraceKind end) {
      return task.counts[begin] - task.counts[end];
    };
    const int64_t runnable = open(TraceKind::kRunnable, TraceKind::kQuiescent);
    const int64_t running = open(TraceKind::kRunning, TraceKind::kStopping);
    const int64_t enabled = open(TraceKind::kEnable, TraceKind::kDisable);
    if (runnable < 0 || runnable > 1) Broken("C1: runnable and quiescent", index);
    if (running < 0 || running > 1) Broken("C1: running and stopping", index);
    if (enabled < 0 || enabled > 1) Broken("C1: enable and disable", index);
    if (running > runnable) Broken("C1: runs and is not runnable", index);
    // C2: custody ends once for each time that it began.
    const int64_t custody = open(TraceKind::kEnqueue, TraceKind::kDequeue);
    if (custody < 0) Broken("C2: more dequeues than enqueues", index);
  }

  // C8.
  void CheckUpdateIdle(const TraceRecord& r) {
    const auto [seen, first] = seen_idle_.try_emplace(r.cpu, r.value);
    if (!first && seen->second == r.value) Broken("C8: update_idle twice on CPU", r.cpu);
    seen->second = r.value;
  }

  void Broken(const std::string& what, int64_t who) {
    if (broken_.size() < 5) broken_.push_back(what + " " + std::to_string(who));
  }

  bool suspends_ = false;
  std::map<TraceKind, uint64_t> totals_;
  std::map<uint32_t, Task> tasks_;
  std::map<int, uint64_t> seen_idle_;
  std::vector<std::string> broken_;
  uint64_t wakeups_ = 0;
  uint64_t dispatched_ = 0;
  uint64_t switches_ = 0;
};

TEST(Identities, HoldInCampaignRuns) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Ledger ledger;
    SimulationOptions options = CampaignRun(seed);
    if (options.faults.suspend > Nanos::Zero()) ledger.BearSuspends();
    options.max_tasks = kMaxTasks;
    options.check = false;
    options.sink = [&](const TraceRecord& record) { ledger.Add(record); };
    ASSERT_EQ(RunSimulation(options, Fifo()).failure, "") << "seed " << seed;
    EXPECT_TRUE(ledger.broken().empty()) << "seed " << seed << ": " << ledger.broken().front();
  }
}

// Without property changes, so that each running is a switch and each runnable a wakeup or a fork.
TEST(Identities, C4C5C6C7HoldOnACalmMachine) {
  for (const char* workload : {"bursts", "pipes", "yielders"}) {
    Ledger ledger;
    const RunResult result =
        RunSimulation({.topology = {.cores_per_llc = 4},
                       .workload = *BuiltinWorkload(workload, 4),
                       .duration = Millis(10),
                       .max_tasks = kMaxTasks,
                       .sink = [&](const TraceRecord& record) { ledger.Add(record); }},
                      Fifo());
    ASSERT_EQ(result.failure, "") << workload;
    uint64_t switches = 0, wakeups = 0, forks = 0;
    for (const GroupStats& group : result.groups) {
      switches += group.switches;
      wakeups += group.wakeups;
      forks += group.tasks;
    }
    EXPECT_EQ(ledger.switches(), switches) << "C4, " << workload;
    EXPECT_EQ(ledger.wakeups(), wakeups + 1) << "C5, and the agent's first; " << workload;
    EXPECT_EQ(ledger.total(TraceKind::kSelectCpu), wakeups + 1 + forks) << "C5, " << workload;
    EXPECT_EQ(ledger.total(TraceKind::kRunnable), wakeups + 1 + forks) << "C5, " << workload;
    // One call of ops.dispatch inserts at most one task here.
    EXPECT_GE(ledger.total(TraceKind::kDispatch), ledger.dispatched()) << "C6, C7, " << workload;
    EXPECT_GE(ledger.dispatched(), result.decisions) << "C7, " << workload;
  }
}

}  // namespace
}  // namespace scxx::sim
