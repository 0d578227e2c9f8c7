// SPDX-License-Identifier: Apache-2.0
//
// A kernel's backend, and its lives, under the audits that the simulator's pass too
// (framework/sim/sim_backend_test.cc, sim_machine_test.cc).

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/kernel_machine.h"
#include "framework/machine/testing/backend_audit.h"
#include "framework/machine/testing/machine_audit.h"
#include "gtest/gtest.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/kernel_matchers.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"

namespace scxx {
namespace {

// Of the child that is the agent.
BackendAuditReport* SharedReport() {
  void* memory = mmap(nullptr, sizeof(BackendAuditReport), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) BackendAuditReport();
}

// Processes that fork, sleep, run and pass messages, on these CPUs alone.
void RunDemoOn(int nr_cpus) {
  cpu_set_t before, some;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  CPU_ZERO(&some);
  for (int cpu = 0; cpu < nr_cpus; ++cpu) CPU_SET(cpu, &some);
  ASSERT_EQ(sched_setaffinity(0, sizeof(some), &some), 0);
  load::Demo demo({.duration = absl::Seconds(3)});
  const absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_FALSE(result->sched_ext_changed());
}

TEST(KernelBackend, PassesTheAudit) {
  BackendAuditReport* const report = SharedReport();
  ASSERT_NE(report, nullptr);
  auto agent = AgentProcess::Start({}, [report](KernelBackend& backend) {
    BackendAudit audit(backend);
    while (audit.RunCycle() == RunState::kRunning) {
    }
    *report = audit.report();
  });
  ASSERT_TRUE(agent.ok()) << agent.status();
  const auto cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  RunDemoOn(cpus);
  RunDemoOn(1);
  ExpectCleanEnd((*agent)->Stop());
  EXPECT_STREQ(report->violation, "");
  EXPECT_GT(report->runnable, 20u);
  EXPECT_GT(report->accepted, 20u);
  EXPECT_GT(report->gone, 0u);
  EXPECT_GT(report->stale, 0u);
  EXPECT_GT(report->reviews, 20u);
  if (cpus > 1) {
    EXPECT_GT(report->not_allowed, 0u);
  }
}

// What a case says in a process of its own, as a scheduler's would be: an attach locks all memory.
std::string ViolationOf(const MachineCase& c) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const std::string why = c.violation([] { return MakeKernelMachine({}); });
    const ssize_t written = write(ends[1], why.data(), why.size());
    _exit(written == static_cast<ssize_t>(why.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string why(4096, '\0');
  why.resize(std::max<ssize_t>(read(ends[0], why.data(), why.size()), 0));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? why : "the process died: " + why;
}

class MachineConformance : public testing::TestWithParam<MachineCase> {};

TEST_P(MachineConformance, Holds) { EXPECT_EQ(ViolationOf(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(Kernel, MachineConformance, testing::ValuesIn(MachineCases()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace scxx
