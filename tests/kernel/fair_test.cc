// SPDX-License-Identifier: Apache-2.0
//
// The fair policies on a real kernel: CPU time follows the nice levels, beside a task that sleeps
// and after a change of nice while all run; and a task that wakes does not wait for a hog's slice.

#include <sys/resource.h>
#include <time.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/check.h"
#include "framework/kernel/program/kernel_options.h"
#include "gtest/gtest.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/background.h"
#include "tests/kernel/kernel_matchers.h"
#include "tests/kernel/run_policy.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/hogs.h"
#include "tools/load/workloads/sleepers.h"

namespace scxx {
namespace {

load::LoadResult Load(load::Workload& workload) {
  absl::StatusOr<load::LoadResult> result = load::RunLoad(workload);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : load::LoadResult();
}

// How far a task's CPU time may be from its share, however long the run: some turns, each of which
// lasts longer the busier the host is. A policy that forgets the weights is off by more than half a
// second in each test. Finer ratios are measured in exact mode (tools/schedbench, mixed_nice).
constexpr absl::Duration kShareError = absl::Milliseconds(200);

void Nap() {
  constexpr timespec kNap = {.tv_sec = 0, .tv_nsec = 2'000'000};
  nanosleep(&kNap, nullptr);  // lint: allow banned-call: the task's behaviour, not synchronisation
}

class FairTest : public testing::TestWithParam<PolicyUnderTest> {
 protected:
  void SetUp() override {
    KernelOptions options = GetParam().Options();
    options.watchdog_timeout = absl::Seconds(10);
    auto agent = AgentProcess::Start(options, GetParam().body);
    ASSERT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
  }

  void TearDown() override {
    if (agent_ != nullptr) ExpectCleanEnd(agent_->Stop());
  }

  // Hogs at nice 0, 0, 5 and 10 on one CPU.
  static void ExpectFairShares() {
    load::NiceMix mix({.duration = absl::Seconds(4)});
    const std::optional<double> error_ms = Load(mix).FindFigure("worst_error_ms");
    ASSERT_TRUE(error_ms.has_value());
    EXPECT_LT(*error_ms, absl::ToDoubleMilliseconds(kShareError));
  }

  std::unique_ptr<AgentProcess> agent_;
};

TEST_P(FairTest, SharesFollowTheNiceLevels) { ExpectFairShares(); }

TEST_P(FairTest, SharesHoldBesideATaskThatSleeps) {
  Background sleeper(Nap);
  ExpectFairShares();
}

TEST_P(FairTest, ANewNiceLevelCountsAtOnce) {
  Background first([] {});
  Background second([] {});
  SCXX_CHECK(setpriority(PRIO_PROCESS, second.pid(), 10) == 0);
  const absl::Duration first_before = first.CpuTime();
  const absl::Duration second_before = second.CpuTime();
  // Long enough for many turns, by the tasks' own clocks.
  while (first.CpuTime() - first_before < absl::Seconds(2)) Nap();
  constexpr double kByWeight = 110.0 / 1024;
  const absl::Duration share = (first.CpuTime() - first_before) * kByWeight;
  EXPECT_LT(absl::AbsDuration(second.CpuTime() - second_before - share), kShareError);
}

// Each wakeup finds a hog that runs. It is worth a decision, and the hog is interrupted.
TEST_P(FairTest, ATaskThatWakesInterruptsAHog) {
  load::Periodic periodic({.hogs = 8, .duration = absl::Seconds(2)});
  const load::LoadResult result = Load(periodic);
  EXPECT_FALSE(result.stalled);
  const load::ClassResult* tasks = result.FindClass("periodic");
  ASSERT_NE(tasks, nullptr);
  EXPECT_GT(agent_->Stats()[SCXX_CNT_KICK_PREEMPT], static_cast<uint64_t>(tasks->ops) / 2);
}

INSTANTIATE_TEST_SUITE_P(, FairTest,
                         testing::Values(kUnderTest<VruntimePolicy>, kUnderTest<LatencyPolicy>),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace scxx
