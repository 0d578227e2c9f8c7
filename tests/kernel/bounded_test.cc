// SPDX-License-Identifier: Apache-2.0
//
// Loads that machines have and that once got schedulers ejected: crowds of one CPU, more tasks than
// slots. The kernel's watchdog is set to two seconds, and each load lasts longer than it needs to
// strike. And the classes that ask for less than a share.

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/base/check.h"
#include "framework/kernel/program/kernel_options.h"
#include "gtest/gtest.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/background.h"
#include "tests/kernel/kernel_matchers.h"
#include "tests/kernel/run_policy.h"

namespace scxx {
namespace {

const absl::Duration kWatchdog = absl::Seconds(2);
// The kernel looks every half of the timeout, and the guest's clock may run ahead of its tasks.
const absl::Duration kLoad = 2 * kWatchdog;
const absl::Duration kLimit = absl::Minutes(2);

void Spin() {}

class BoundedTest : public testing::TestWithParam<PolicyUnderTest> {
 protected:
  void Start(uint32_t max_tasks = KernelOptions().max_tasks) {
    KernelOptions options = GetParam().Options();
    options.watchdog_timeout = kWatchdog;
    options.max_tasks = max_tasks;
    auto agent = AgentProcess::Start(options, GetParam().body);
    ASSERT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
  }
  void TearDown() override {
    hogs_.clear();
    if (agent_ != nullptr) ExpectCleanEnd(agent_->Stop());
  }

  void AddHogs(int count, int cpu) {
    for (int i = 0; i < count; ++i) hogs_.emplace_back(Spin, Background::Options{.cpu = cpu});
  }
  absl::Duration LeastCpuTime() const {
    absl::Duration least = absl::InfiniteDuration();
    for (const Background& hog : hogs_) least = std::min(least, hog.CpuTime());
    return least;
  }
  // Until `clock` has run for so long.
  bool WaitFor(const Background& clock, absl::Duration time) const {
    const absl::Duration end = clock.CpuTime() + time;
    return agent_->WaitUntil([&](const DispatcherStats&) { return clock.CpuTime() >= end; },
                             kLimit);
  }

  std::unique_ptr<AgentProcess> agent_;
  std::deque<Background> hogs_;
};

TEST_P(BoundedTest, ACrowdOfOneCpu) {
  Start();
  AddHogs(150, 0);
  Background other(Spin, {.cpu = 1});
  EXPECT_TRUE(WaitFor(other, kLoad));
  EXPECT_GT(LeastCpuTime(), absl::ZeroDuration());
}

// Their waits begin before a fallback and end after it.
TEST_P(BoundedTest, ACrowdOfOneCpuWhoseAgentIsStopped) {
  Start();
  AddHogs(120, 0);
  Background other(Spin, {.cpu = 1});
  for (const absl::Duration stop : {kWatchdog / 4, kWatchdog * 3 / 2}) {
    agent_->Signal(SIGSTOP);
    EXPECT_TRUE(WaitFor(other, stop));
    agent_->Signal(SIGCONT);
    EXPECT_TRUE(WaitFor(other, kWatchdog / 4));
  }
  EXPECT_GT(LeastCpuTime(), absl::ZeroDuration());
  EXPECT_GT(agent_->Stats()[SCXX_CNT_FALLBACKS], 0u);
}

TEST_P(BoundedTest, MoreTasksThanSlots) {
  Start(/*max_tasks=*/64);
  AddHogs(80, -1);
  Background other(Spin, {.cpu = 1, .sched = {.policy = SCHED_FIFO, .priority = 50}});
  EXPECT_TRUE(WaitFor(other, kLoad));
  EXPECT_GT(LeastCpuTime(), absl::ZeroDuration());
  EXPECT_GT(agent_->Stats()[SCXX_CNT_NO_SLOT], 0u);
}

INSTANTIATE_TEST_SUITE_P(, BoundedTest,
                         testing::Values(kUnderTest<FifoPolicy>, kUnderTest<VruntimePolicy>),
                         [](const auto& info) { return std::string(info.param.name); });

class ClassTest : public BoundedTest {};

// A hundredth at most, where its nice value would give it a third.
TEST_P(ClassTest, IdleTasksGetNextToNothingAndBatchTasksTheirWeight) {
  Start();
  Background idle(Spin, {.cpu = 0, .sched = {.policy = SCHED_IDLE}});
  Background batch(Spin, {.cpu = 0, .sched = {.policy = SCHED_BATCH}});
  Background normal(Spin, {.cpu = 0});
  EXPECT_TRUE(WaitFor(normal, absl::Seconds(3)));
  EXPECT_GT(idle.CpuTime(), absl::ZeroDuration());
  EXPECT_LT(idle.CpuTime(), absl::Milliseconds(200));
  EXPECT_GT(batch.CpuTime(), absl::Seconds(2));
}

class FallbackTest : public BoundedTest {};

TEST_P(FallbackTest, ThreeTasksHaveTwoThirdsOfACpuEach) {
  Start();
  AddHogs(3, -1);
  agent_->Signal(SIGSTOP);
  ASSERT_TRUE(WaitFor(hogs_[0], absl::Milliseconds(500)));
  std::deque<absl::Duration> had;
  for (const Background& hog : hogs_) had.push_back(hog.CpuTime());
  ASSERT_TRUE(WaitFor(hogs_[0], absl::Seconds(1)));
  for (size_t i = 0; i < hogs_.size(); ++i) {
    const double share = absl::FDivDuration(hogs_[i].CpuTime() - had[i], absl::Seconds(1));
    EXPECT_GT(share, 0.9) << i;
    EXPECT_LT(share, 1.1) << i;
  }
  agent_->Signal(SIGCONT);
}

INSTANTIATE_TEST_SUITE_P(, FallbackTest, testing::Values(kUnderTest<VruntimePolicy>),
                         [](const auto& info) { return std::string(info.param.name); });

INSTANTIATE_TEST_SUITE_P(, ClassTest, testing::Values(kUnderTest<VruntimePolicy>),
                         [](const auto& info) { return std::string(info.param.name); });

// ---- tasks without a slot ----

constexpr uid_t kGreedy = 1000;
constexpr int kSleepers = 80;  // more than there are slots

// Sleeps until the parent is gone.
void StartSleeper() {
  if (fork() != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (true) pause();
}

void StartSleepers() {
  for (int i = 0; i < kSleepers; ++i) StartSleeper();
}

// In a user namespace, each under an id of its own.
void StartSleepersOfManyIds() {
  SCXX_CHECK(unshare(CLONE_NEWUSER) == 0);
  for (int id = 1; id <= kSleepers; ++id) {
    while (setresuid(id, 0, 0) != 0) sched_yield();  // nobody has made the map yet
    StartSleeper();
  }
}

// False while the process is in the namespace where it began.
bool GiveIds(pid_t pid) {
  const std::string file = absl::StrCat("/proc/", pid, "/uid_map");
  const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC);
  constexpr absl::string_view kMap = "0 100000 1000";
  const bool done = write(fd, kMap.data(), kMap.size()) > 0;
  close(fd);
  return done;
}

class SlotsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(ready_), 0);
    auto agent = AgentProcess::Start({.max_tasks = 64}, RunFifo);
    ASSERT_TRUE(agent.ok()) << agent.status();
    agent_ = *std::move(agent);
  }
  void TearDown() override { ExpectCleanEnd(agent_->Stop()); }

  // What the greedy user's process does.
  void StartAndStay(void (*start)()) const {
    start();
    SCXX_CHECK(write(ready_[1], "", 1) == 1);
    while (true) pause();
  }
  void WaitForSleepers() const {
    char byte = 0;
    ASSERT_EQ(read(ready_[0], &byte, 1), 1);
  }
  // How many are without a slot, once what the agent has published is not older than the call.
  uint64_t Slotless() const {
    uint64_t queued = 0;
    int news = 0;
    EXPECT_TRUE(agent_->WaitUntil([&](const DispatcherStats& now) {
      news += now[SCXX_CNT_QUEUED] != queued;
      queued = now[SCXX_CNT_QUEUED];
      return news > 3;
    }));
    return agent_->Stats().slotless;
  }
  // The policy sees root's tasks.
  void ExpectSlotsForOthers() const {
    const uint64_t before = Slotless();
    EXPECT_GT(before, 20u);
    const Background hogs[] = {Background(Spin), Background(Spin), Background(Spin)};
    EXPECT_EQ(Slotless(), before);
  }

  std::unique_ptr<AgentProcess> agent_;

 private:
  int ready_[2] = {};
};

TEST_F(SlotsTest, SleepersOfOneUserKeepNobodyOut) {
  const Background greedy([&] { StartAndStay(StartSleepers); }, {.cpu = -1, .uid = kGreedy});
  WaitForSleepers();
  ExpectSlotsForOthers();
}

TEST_F(SlotsTest, IdsOfAUserNamespaceAreTheUsers) {
  const Background greedy([&] { StartAndStay(StartSleepersOfManyIds); },
                          {.cpu = -1, .uid = kGreedy});
  ASSERT_TRUE(agent_->WaitUntil([&](const DispatcherStats&) { return GiveIds(greedy.pid()); }));
  WaitForSleepers();
  ExpectSlotsForOthers();
}

}  // namespace
}  // namespace scxx
