// SPDX-License-Identifier: Apache-2.0
//
// A scheduler whose process is confined when it starts: by an affinity that it inherits, or by a
// control group. Its agent is scheduled all the same, or the start says what is missing.

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/background.h"
#include "tests/kernel/kernel_matchers.h"
#include "tests/kernel/odd_machine.h"
#include "tools/load/affinity.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"

namespace scxx {
namespace {

using ::testing::HasSubstr;

// A control group, and this process in it until the end of the scope.
class Confinement {
 public:
  Confinement(const std::string& controller, const std::string& file, const std::string& limit) {
    WriteSys("fs/cgroup/cgroup.subtree_control", "+" + controller);
    SCXX_CHECK(rmdir(kGroup) == 0 || access(kGroup, F_OK) != 0);
    SCXX_CHECK(mkdir(kGroup, 0755) == 0);
    WriteSys("fs/cgroup/confined/" + file, limit);
    WriteSys("fs/cgroup/confined/cgroup.procs", "0");
  }
  ~Confinement() { WriteSys("fs/cgroup/cgroup.procs", "0"); }

 private:
  static constexpr char kGroup[] = "/sys/fs/cgroup/confined";
};

// What the agent has decided while the usual load ran.
uint64_t DecisionsForDemo(std::unique_ptr<AgentProcess> agent) {
  load::Demo demo({.duration = absl::Seconds(2)});
  const absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  EXPECT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_FALSE(result->sched_ext_changed());
  const AgentOutcome outcome = agent->Stop();
  ExpectCleanEnd(outcome);
  return outcome.stats[SCXX_CNT_DISPATCHED];
}

// Whoever stays on CPU 0 has a twentieth of it at most.
TEST(ConfinedTest, AnInheritedAffinityIsLeft) {
  load::SetAllowedCpus(0, CpuSet::Only(CpuId(0)));
  auto agent = AgentProcess::Start({}, RunFifo);
  load::SetAllowedCpus(0, CpuSet::FirstN(2));
  ASSERT_TRUE(agent.ok()) << agent.status();
  const Background real_time([] {}, {.cpu = 0, .sched = {.policy = SCHED_FIFO, .priority = 50}});
  EXPECT_GT(DecisionsForDemo(*std::move(agent)), 100u);
}

// In a cpuset of CPU 0, beside something that spins there: what it decides.
uint64_t DecisionsInACpuset(const Background::Options& spinner) {
  absl::StatusOr<std::unique_ptr<AgentProcess>> agent = absl::UnknownError("");
  {
    const Confinement cpus("cpuset", "cpuset.cpus", "0");
    agent = AgentProcess::Start({}, RunFifo);
  }
  EXPECT_TRUE(agent.ok()) << agent.status();
  if (!agent.ok()) return 0;
  const Background background([] {}, spinner);
  return DecisionsForDemo(*std::move(agent));
}

TEST(ConfinedTest, AnAgentWithACpusetIsScheduledThere) {
  EXPECT_GT(DecisionsInACpuset({.cpu = 0}), 100u);
}

// It runs by the kernel's deadline server only, and the kernel schedules meanwhile.
TEST(ConfinedTest, AnAgentWhoseOnlyCpuIsTakenHarmsNobody) {
  DecisionsInACpuset({.cpu = 0, .sched = {.policy = SCHED_FIFO, .priority = 50}});
}

TEST(ConfinedTest, TooLittleMemoryIsNamed) {
  const Confinement memory("memory", "memory.max", "16M");
  const absl::Status status = AgentProcess::Start({}, RunFifo).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("memory.max of /sys/fs/cgroup/confined"));
  EXPECT_EQ(SchedExtSysfs().State(), "disabled");
}

}  // namespace
}  // namespace scxx
