// SPDX-License-Identifier: Apache-2.0
//
// Tasks of a higher class that keep a CPU: the scheduler stays, what may run elsewhere goes on
// there, and what may not gets what the kernel leaves of that CPU. The agent can be anywhere, on a
// CPU of its own too, which may be the one that is kept.

#include <sched.h>
#include <unistd.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "framework/kernel/program/kernel_options.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/background.h"
#include "tests/kernel/kernel_matchers.h"
#include "tests/kernel/run_policy.h"
#include "tools/load/sched_class.h"

namespace scxx {
namespace {

constexpr int kAnywhere = -1;
const absl::Duration kWatchdog = absl::Seconds(2);
const absl::Duration kLoad = 2 * kWatchdog;

void Spin() {}

struct KeptCpu {
  const char* name;
  PolicyUnderTest policy;
  Background::Options keeper;
  int agent_cpu = kAnywhere;

  friend std::ostream& operator<<(std::ostream& os, const KeptCpu& c) { return os << c.name; }
};

class HigherClassTest : public testing::TestWithParam<KeptCpu> {
 protected:
  void SetUp() override {
    KernelOptions options = GetParam().policy.Options();
    options.watchdog_timeout = kWatchdog;
    options.agent_cpu = GetParam().agent_cpu;
    auto agent = AgentProcess::Start(options, GetParam().policy.body);
    ASSERT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
    for (const int cpu : {0, 0, 1, 1, kAnywhere, kAnywhere}) {
      hogs_.emplace_back(Spin, Background::Options{.cpu = cpu});
    }
  }
  void TearDown() override {
    hogs_.clear();
    if (agent_ != nullptr) ExpectCleanEnd(agent_->Stop());
  }

  // Of those that may run on both CPUs.
  absl::Duration AnywhereTime() const { return hogs_[4].CpuTime() + hogs_[5].CpuTime(); }

  std::unique_ptr<AgentProcess> agent_;
  std::deque<Background> hogs_;  // two of CPU 0, two of CPU 1, two of either
};

// Where the kernel has a server for it, sched_ext gets a twentieth of that CPU.
TEST_P(HigherClassTest, KeepsACpu) {
  const Background keeper(Spin, GetParam().keeper);
  std::deque<absl::Duration> before;
  for (const Background& hog : hogs_) before.push_back(hog.CpuTime());
  const absl::Duration anywhere = AnywhereTime();
  const absl::Duration end = keeper.CpuTime() + kLoad;
  EXPECT_TRUE(agent_->WaitUntil([&](const DispatcherStats&) { return keeper.CpuTime() >= end; },
                                absl::Minutes(2)));
  for (size_t i = 0; i < hogs_.size(); ++i) EXPECT_GT(hogs_[i].CpuTime(), before[i]) << i;
  // Half of the other CPU, less what an agent takes that looks at the rings all the time.
  EXPECT_GT(AnywhereTime() - anywhere, kLoad / 5);
}

// A deadline task may not be pinned, and leaves the kernel its servers' time.
constexpr Background::Options kFifo0 = {.cpu = 0, .sched = {.policy = SCHED_FIFO, .priority = 50}};
constexpr Background::Options kFifo1 = {.cpu = 1, .sched = {.policy = SCHED_FIFO, .priority = 50}};
constexpr Background::Options kDeadline = {.cpu = kAnywhere,
                                           .sched = {.policy = load::kSchedDeadline}};

INSTANTIATE_TEST_SUITE_P(
    , HigherClassTest,
    testing::Values(KeptCpu{"fifo_RealTime", kUnderTest<FifoPolicy>, kFifo0},
                    KeptCpu{"RealTime", kUnderTest<VruntimePolicy>, kFifo0},
                    KeptCpu{"Deadline", kUnderTest<VruntimePolicy>, kDeadline},
                    KeptCpu{"RealTimeOnTheAgentsCpu", kUnderTest<VruntimePolicy>, kFifo1, 1},
                    KeptCpu{"RealTimeBesideTheAgentsCpu", kUnderTest<VruntimePolicy>, kFifo0, 1},
                    KeptCpu{"DeadlineAndAnAgentsCpu", kUnderTest<VruntimePolicy>, kDeadline, 1}),
    [](const auto& info) { return std::string(info.param.name); });

// What a task of CPU 0 gets while the keeper of that CPU runs for ten of its server's periods.
absl::Duration LeftByARealTimeTask() {
  const Background pinned(Spin, {.cpu = 0});
  const Background keeper(Spin, kFifo0);
  const absl::Duration before = pinned.CpuTime();
  const absl::Duration end = keeper.CpuTime() + absl::Seconds(10);
  while (keeper.CpuTime() < end) {
    usleep(20'000);  // lint: allow banned-call: between two looks at another process's time
  }
  return pinned.CpuTime() - before;
}

TEST(HigherClass, LeavesATaskOfItsCpuWhatItGetsUnderEevdf) {
  const absl::Duration under_eevdf = LeftByARealTimeTask();
  auto agent =
      AgentProcess::Start(kUnderTest<VruntimePolicy>.Options(), kUnderTest<VruntimePolicy>.body);
  ASSERT_TRUE(agent.ok()) << agent.status();
  const absl::Duration under_ours = LeftByARealTimeTask();
  ExpectCleanEnd((*agent)->Stop());
  const double ratio = absl::FDivDuration(under_ours, under_eevdf);
  EXPECT_GT(ratio, 0.8) << under_ours << " of " << under_eevdf;
  EXPECT_LT(ratio, 1.25) << under_ours << " of " << under_eevdf;
}

}  // namespace
}  // namespace scxx
