// SPDX-License-Identifier: Apache-2.0
//
// vruntime on a machine that is not an even one: attached, loaded, and judged by what it promises.

#ifndef SCXX_TESTS_KERNEL_ODD_MACHINE_H_
#define SCXX_TESTS_KERNEL_ODD_MACHINE_H_

#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "framework/base/check.h"
#include "framework/base/cpu_set.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/agent_process.h"
#include "tests/kernel/kernel_matchers.h"
#include "tests/kernel/run_policy.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"
#include "tools/load/workloads/hogs.h"

namespace scxx {

inline Topology Machine() { return Topology::FromSysfs().value(); }

inline void WriteSys(const std::string& path, const std::string& text) {
  std::ofstream file(absl::StrCat("/sys/", path));
  file << text << std::flush;
  SCXX_CHECK(file.good(), path);  // on another machine than it thinks, a test says nothing
}

inline void SetOnline(int cpu, bool online) {
  WriteSys(absl::StrCat("devices/system/cpu/cpu", cpu, "/online"), online ? "1" : "0");
}

inline absl::StatusOr<std::unique_ptr<AgentProcess>> StartVruntime() {
  const PolicyUnderTest& vruntime = kUnderTest<VruntimePolicy>;
  KernelOptions options = vruntime.Options();
  options.watchdog_timeout = absl::Seconds(10);
  return AgentProcess::Start(options, vruntime.body);
}

// Two hogs for each CPU, at nice 0 and 5: what each gets is within 5 % of its share.
inline void ExpectFairShares(int cpus) {
  std::vector<int> nices(cpus, 0);
  nices.resize(2 * cpus, 5);
  load::NiceMix mix({.nices = nices, .pin_cpus = cpus, .duration = absl::Seconds(6)});
  const absl::StatusOr<load::LoadResult> result = load::RunLoad(mix);
  ASSERT_TRUE(result.ok()) << result.status();
  const std::optional<double> worst_ratio = result->FindFigure("worst_ratio");
  ASSERT_TRUE(worst_ratio.has_value());
  EXPECT_LT(*worst_ratio, 1.05);
  EXPECT_FALSE(result->sched_ext_changed());
}

inline void ExpectNobodyStalls() {
  load::Demo demo({.duration = absl::Seconds(1)});
  const absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->stalled);
  EXPECT_FALSE(result->sched_ext_changed());
}

// Both, from an attach to a clean end, on the CPUs that are online.
inline void ExpectVruntimeWorks() {
  auto agent = StartVruntime();
  ASSERT_TRUE(agent.ok()) << agent.status();
  ExpectFairShares(Machine().online().size());
  ExpectNobodyStalls();
  EXPECT_EQ(SchedExtSysfs().State(), "enabled");
  ExpectCleanEnd((*agent)->Stop());
}

}  // namespace scxx

#endif  // SCXX_TESTS_KERNEL_ODD_MACHINE_H_
