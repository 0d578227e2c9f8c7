// SPDX-License-Identifier: Apache-2.0
//
// An agent with a CPU of its own (KernelOptions::agent_cpu): it schedules without parking, tasks
// that may run elsewhere are kept off its CPU, and one that may not still runs.

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/kernel/program/kernel_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/kernel_matchers.h"
#include "tools/load/affinity.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"

namespace scxx {
namespace {

using ::testing::HasSubstr;

constexpr int kAgentCpu = 1;

KernelOptions OwnCpu(bool direct) {
  KernelOptions options;
  options.agent_cpu = kAgentCpu;
  options.direct = direct;
  return options;
}

// The exit status of a child that does `body`.
int InChild(const std::function<int()>& body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  int status = -1;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Uses CPU time, and looks where it is. 0: never on the agent's CPU, but for the start.
int StayOff() {
  int there = 0;
  for (int round = 0; round < 200; ++round) {
    const absl::Time until = absl::Now() + absl::Milliseconds(5);
    while (absl::Now() < until) {
    }
    if (round >= 20) there += sched_getcpu() == kAgentCpu;
  }
  return there > 0;
}

class AgentCpuTest : public testing::TestWithParam<bool> {};

TEST_P(AgentCpuTest, SchedulesWithoutParking) {
  auto agent = AgentProcess::Start(OwnCpu(GetParam()), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  load::Demo demo({.duration = absl::Seconds(2)});
  absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_FALSE(result->sched_ext_changed());
  const AgentOutcome outcome = (*agent)->Stop();
  ExpectCleanEnd(outcome);
  EXPECT_GT(outcome.stats[SCXX_CNT_DISPATCHED], 100u);
  EXPECT_LT(outcome.stats[SCXX_CNT_PARKS], outcome.stats[SCXX_CNT_DISPATCHED])
      << "one that parks does so for each decision of a machine with hogs";
}

INSTANTIATE_TEST_SUITE_P(Direct, AgentCpuTest, testing::Bool());

// On a host that stops the agent's CPU the kernel uses it meanwhile, and nothing can be said.
TEST(AgentCpu, TasksAreKeptOff) {
  auto agent = AgentProcess::Start(OwnCpu(/*direct=*/true), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  const int there = InChild(StayOff);
  const AgentOutcome outcome = (*agent)->Stop();
  ExpectCleanEnd(outcome);
  EXPECT_TRUE(there == 0 || outcome.stats[SCXX_CNT_FALLBACKS] > 0);
}

TEST(AgentCpu, ATaskThatMayRunNowhereElseStillRuns) {
  auto agent = AgentProcess::Start(OwnCpu(/*direct=*/true), RunFifo);
  ASSERT_TRUE(agent.ok()) << agent.status();
  EXPECT_EQ(InChild([] {
              load::SetAllowedCpus(0, CpuSet::Only(CpuId(kAgentCpu)));
              for (int i = 0; i < 100; ++i) sched_yield();
              return sched_getcpu() == kAgentCpu ? 0 : 1;
            }),
            0);
  ExpectCleanEnd((*agent)->Stop());
}

TEST(AgentCpu, ACpuThatIsNotThereIsRefused) {
  KernelOptions options;
  options.agent_cpu = 77;
  const absl::Status status = AgentProcess::Start(options, RunFifo).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot run on CPU 77"));
}

}  // namespace
}  // namespace scxx
