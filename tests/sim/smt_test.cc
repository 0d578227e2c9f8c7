// SPDX-License-Identifier: Apache-2.0
//
// Policies on simulated machines whose cores have two CPUs: while a core is idle as a whole, a task
// that wakes seldom begins to run on the second CPU of a busy one. The kernel's own choice at a
// wakeup (S10 of docs/simulation.md) is turned off, so each choice is the process's or BPF's.

#include <cstdint>
#include <string>
#include <tuple>

#include "framework/base/units.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"
#include "tools/schedsim/policies.h"

namespace scxx {
namespace {

struct NamedMachine {
  const char* name;
  TopologySpec topology;
  int cores;
};

constexpr NamedMachine kMachines[] = {
    {"4Cores", {.cores_per_llc = 4, .threads_per_core = 2}, 4},
    {"8CoresIn2Caches", {.llcs_per_node = 2, .cores_per_llc = 4, .threads_per_core = 2}, 8},
};

class Smt : public testing::TestWithParam<std::tuple<std::string, NamedMachine>> {
 protected:
  NamedMachine machine() const { return std::get<1>(GetParam()); }

  sim::RunResult Run(const sim::Workload& workload) const {
    sim::SimulatedPolicy policy = *FindPolicy(std::get<0>(GetParam()));
    policy.traits.direct = false;
    return sim::RunSimulation(
        {.topology = machine().topology, .workload = workload, .duration = Seconds(4)}, policy);
  }
};

// How many of the wakeups shared a core, and of how many. One task for each core.
void ExpectFewShared(const sim::RunResult& result) {
  ASSERT_TRUE(result.ok()) << result.failure;
  const sim::GroupStats& tasks = result.groups[0];
  testing::Test::RecordProperty("wakeups", static_cast<int>(tasks.wakeups));
  testing::Test::RecordProperty("shared_cores", static_cast<int>(tasks.shared_cores));
  ASSERT_GT(tasks.wakeups, 1000u);
  EXPECT_LT(tasks.shared_cores, tasks.wakeups / 100) << "of " << tasks.wakeups;
}

// The kernel has chosen a CPU for each, whose core is idle, and the agent runs there first.
TEST_P(Smt, OneAfterTheOther) {
  ExpectFewShared(Run(
      {.name = "apart",
       .groups = {{.name = "task",
                   .count = machine().cores,
                   .steps = {sim::Run(Millis(2), Millis(2)), sim::Sleep(Millis(2), Millis(2))}}}}));
}

// The agent decides for all of them at once, on one CPU.
TEST_P(Smt, AllAtOnce) {
  ExpectFewShared(Run({.name = "herd",
                       .groups = {{.name = "task",
                                   .count = machine().cores,
                                   .steps = {sim::Run(Millis(1)), sim::Sleep(Millis(3))}}}}));
}

INSTANTIATE_TEST_SUITE_P(Policies, Smt,
                         testing::Combine(testing::Values("fifo", "latency", "vruntime"),
                                          testing::ValuesIn(kMachines)),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace scxx
