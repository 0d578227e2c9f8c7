// SPDX-License-Identifier: Apache-2.0
//
// What users fear of a scheduler in user space: it stops, loops, dies, forgets tasks. The machine
// must not notice.

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "framework/engine/engine.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/kernel_matchers.h"
#include "tools/load/burn.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/sleepers.h"

namespace scxx {
namespace {

constexpr absl::Duration kFault = absl::Seconds(4);

KernelOptions Options() {
  KernelOptions options;
  options.name = "faulty";
  options.watchdog_timeout =
      absl::Seconds(3);  // shorter than the fault: without us it would strike
  return options;
}

// A periodic task beside three hogs, and a fault in the middle.
load::LoadResult RunWithFault(pid_t target, load::FaultPlan::Kind kind) {
  load::Periodic workload({.hogs = 3, .duration = absl::Seconds(1) + kFault + absl::Seconds(1)});
  load::RunSettings settings;
  settings.fault.kind = kind;
  settings.fault.target = std::to_string(target);
  settings.fault.at = absl::Seconds(1);
  settings.fault.lasting = kFault;
  absl::StatusOr<load::LoadResult> result = load::RunLoad(workload, settings);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : load::LoadResult();
}

// Nobody was left waiting for the end of the fault.
void ExpectUnharmed(const load::LoadResult& result) {
  EXPECT_FALSE(result.stalled);
  EXPECT_LT(result.max_wait(), Nanos(absl::ToInt64Nanoseconds(kFault) / 2));
}

TEST(FaultTest, StoppedAgentIsReplacedByTheKernelAndResumes) {
  auto agent = AgentProcess::Start(Options(), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  const load::LoadResult result = RunWithFault((*agent)->pid(), load::FaultPlan::Kind::kStop);
  ExpectUnharmed(result);
  EXPECT_FALSE(result.sched_ext_changed());
  EXPECT_EQ(result.after.state, "enabled");
  const uint64_t dispatched = (*agent)->Stats()[SCXX_CNT_DISPATCHED];
  EXPECT_GE((*agent)->Stats()[SCXX_CNT_FALLBACKS], 1u);
  // A wakeup, so that there is something to decide. lint: allow banned-call
  usleep(1);
  EXPECT_TRUE((*agent)->WaitUntil(
      [&](const DispatcherStats& stats) { return stats[SCXX_CNT_DISPATCHED] > dispatched; }));
  ExpectCleanEnd((*agent)->Stop());
}

TEST(FaultTest, KilledAgentLeavesTheMachineToTheKernel) {
  auto agent = AgentProcess::Start(Options(), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  const load::LoadResult result = RunWithFault((*agent)->pid(), load::FaultPlan::Kind::kKill);
  ExpectUnharmed(result);
  EXPECT_EQ(result.after.state, "disabled");
  EXPECT_FALSE((*agent)->Wait().reported);
}

// A FIFO that can be told to misbehave. The flags are in memory shared with the test.
struct Misbehaviour {
  std::atomic<bool> loop = false;    // decide for ever
  std::atomic<bool> forget = false;  // take tasks and never dispatch them
};

class BadPolicy {
 public:
  static constexpr char kName[] = "bad";

  BadPolicy(FifoPolicy fifo, const Misbehaviour* how) : fifo_(std::move(fifo)), how_(how) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& task) {
    if (!how_->forget.load()) fifo_.OnRunnable(ctx, task);
  }
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& task) { fifo_.OnWithdrawn(ctx, task); }
  void OnGone(const Context& ctx, const TaskGone& task) { fifo_.OnGone(ctx, task); }
  void OnRefused(const Context& ctx, const TaskRefused& task) { fifo_.OnRefused(ctx, task); }
  void Schedule(const Context& ctx, DispatchSink& sink) {
    while (how_->loop.load()) load::Burn(1);  // with a pause, so that other CPUs have turns
    fifo_.Schedule(ctx, sink);
  }

 private:
  FifoPolicy fifo_;
  const Misbehaviour* how_;
};

class MisbehaviourTest : public ::testing::Test {
 protected:
  void Start(const KernelOptions& options) {
    how_ = new (mmap(nullptr, sizeof(Misbehaviour), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) Misbehaviour;
    auto agent = AgentProcess::Start(options, [this](KernelBackend& backend) {
      Engine<BadPolicy> engine(BadPolicy(*FifoPolicy::Create({}, backend.limits()), how_), backend,
                               {});
      while (engine.RunOnce() == RunState::kRunning) {
      }
    });
    ASSERT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
  }

  load::LoadResult RunHogs(absl::Duration duration) {
    load::Periodic workload({.hogs = 3, .duration = duration});
    return *load::RunLoad(workload);
  }

  Misbehaviour* how_ = nullptr;
  std::unique_ptr<AgentProcess> agent_;
};

TEST_F(MisbehaviourTest, LoopingPolicyLosesTheMachineUntilItReturns) {
  Start(Options());
  how_->loop = true;
  const load::LoadResult result = RunHogs(kFault);
  EXPECT_FALSE(result.stalled);
  EXPECT_LT(result.max_wait(), Seconds(2));
  EXPECT_FALSE(result.sched_ext_changed());
  EXPECT_GE(agent_->Stats()[SCXX_CNT_FALLBACKS], 1u);
  how_->loop = false;
  EXPECT_TRUE(agent_->WaitUntil([](const DispatcherStats& stats) { return !stats.fallback; }));
  ExpectCleanEnd(agent_->Stop());
}

TEST_F(MisbehaviourTest, ForgottenTasksComeBackAfterHoldMax) {
  KernelOptions options = Options();
  options.hold_max = absl::Milliseconds(300);
  Start(options);
  how_->forget = true;
  const load::LoadResult result = RunHogs(kFault);
  EXPECT_FALSE(result.stalled);
  EXPECT_FALSE(result.sched_ext_changed());
  EXPECT_GE(agent_->Stats()[SCXX_CNT_RECLAIMED], 4u);
  how_->forget = false;
  ExpectCleanEnd(agent_->Stop());
}

// With the lease and the reclaim put out of action the kernel's watchdog does strike, and we say
// so.
TEST_F(MisbehaviourTest, EjectionIsReportedWithTheKernelsReason) {
  KernelOptions options = Options();
  options.watchdog_timeout = absl::Seconds(1);
  options.fallback_after = absl::Hours(1);
  options.hold_max = absl::Hours(1);
  Start(options);
  how_->forget = true;
  RunHogs(absl::Seconds(1));  // our own tasks are the ones forgotten: returns once we are ejected
  const AgentOutcome outcome = agent_->Wait();
  EXPECT_TRUE(outcome.reported);
  EXPECT_EQ(outcome.report.kind, static_cast<uint64_t>(ExitKind::kErrorStall));
  EXPECT_TRUE(outcome.report.IsEjection());
  EXPECT_NE(outcome.report.message.find("failed to run"), std::string::npos)
      << outcome.report.message;
  EXPECT_NE(outcome.report.dump, "");
  ExpectBalanced(outcome.stats);
}

}  // namespace
}  // namespace scxx
