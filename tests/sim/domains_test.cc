// SPDX-License-Identifier: Apache-2.0
//
// Policies on simulated machines of several last-level caches: shares that are feasible hold across
// the caches, no CPU idles beside a waiting task, and tasks change caches less than without
// domains.

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/report.h"
#include "framework/sim/simulation.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"
#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

struct NamedMachine {
  const char* name;
  TopologySpec topology;
  int cpus;
};

constexpr NamedMachine kMachines[] = {
    {"2CpusIn2Nodes", {.nodes = 2}, 2},
    {"4CpusIn2Caches", {.llcs_per_node = 2, .cores_per_llc = 2}, 4},
    {"4CpusIn2Nodes", {.nodes = 2, .cores_per_llc = 2}, 4},
    {"8CpusIn2Nodes", {.nodes = 2, .cores_per_llc = 4}, 8},
    {"8CpusIn4Caches", {.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 2}, 8},
};

sim::SimulationOptions OptionsFor(const NamedMachine& machine, const sim::Workload& workload) {
  // Without faults, so all bounds hold from the start.
  const sim::CheckerBounds bounds = {
      .max_wait = Seconds(1), .max_idle = Millis(20), .fair = {.turn = Millis(20)}};
  return {.topology = machine.topology,
          .workload = workload,
          .duration = Seconds(4),
          .safety_bounds = bounds,
          .liveness_bounds = bounds};
}

class Domains : public testing::TestWithParam<std::tuple<std::string, NamedMachine>> {
 protected:
  std::string policy() const { return std::get<0>(GetParam()); }
  NamedMachine machine() const { return std::get<1>(GetParam()); }
};

// Four hogs at nice 0, 0, 5 and 10 for two CPUs: each share is less than a CPU.
sim::Workload HogsFor(int cpus) {
  sim::Workload workload{.name = "hogs"};
  for (int nice : {0, 5, 10}) {
    workload.groups.push_back({.name = absl::StrCat("nice", nice),
                               .count = cpus / 2 * (nice == 0 ? 2 : 1),
                               .nice = nice,
                               .steps = {sim::Run(Millis(10))}});
  }
  return workload;
}

TEST_P(Domains, SharesThatAreFeasibleHold) {
  const sim::Workload workload = HogsFor(machine().cpus);
  const sim::RunResult result = RunPolicy(policy(), OptionsFor(machine(), workload));
  ASSERT_TRUE(result.ok()) << result.failure;
  EXPECT_GT(result.fair_stretches, 0u);
  double load = 0;
  for (const sim::TaskGroup& group : workload.groups) {
    load += group.count * Weight::FromNice(group.nice).load();
  }
  for (size_t i = 0; i < workload.groups.size(); ++i) {
    const sim::TaskGroup& group = workload.groups[i];
    const double expected = group.count * Weight::FromNice(group.nice).load() / load * 100;
    EXPECT_NEAR(sim::ShareOf(result.groups[i].cpu_time, result), expected, expected * 0.05)
        << group.name;
  }
}

// An odd task moves between the caches as often as fairness takes, and no more.
TEST_P(Domains, OneTaskTooManyIsSharedByTheCaches) {
  const sim::Workload workload{
      .name = "odd",
      .groups = {{.name = "hog", .count = machine().cpus + 1, .steps = {sim::Run(Millis(10))}}}};
  const sim::RunResult result = RunPolicy(policy(), OptionsFor(machine(), workload));
  ASSERT_TRUE(result.ok()) << result.failure;
  EXPECT_GT(result.groups[0].cache_migrations, 0u);
  EXPECT_GT(sim::ShareOf(result.groups[0].cpu_time, result), 95);
}

TEST_P(Domains, TasksChangeCachesLessThanWithout) {
  const std::pair<const char*, Nanos> kWorkloads[] = {{"nice", Seconds(1)}, {"mixed", Millis(100)}};
  for (const auto& [name, duration] : kWorkloads) {
    sim::SimulationOptions options =
        OptionsFor(machine(), *sim::BuiltinWorkload(name, machine().cpus));
    options.duration = duration;
    const auto changes = [&](const std::string& policy) {
      const sim::RunResult result = RunPolicy(policy, options);
      EXPECT_TRUE(result.ok()) << name << ": " << result.failure;
      uint64_t sum = 0;
      for (const sim::GroupStats& group : result.groups) sum += group.cache_migrations;
      return sum;
    };
    EXPECT_LT(changes(policy()), changes(policy() + "+nodomains") / 2) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Domains,
                         testing::Combine(testing::Values("latency", "vruntime"),
                                          testing::ValuesIn(kMachines)),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" + std::get<1>(info.param).name;
                         });

}  // namespace
}  // namespace scxx
