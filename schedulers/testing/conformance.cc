// SPDX-License-Identifier: Apache-2.0
#include "schedulers/testing/conformance.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "framework/sim/campaign.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/report.h"
#include "framework/topology/topology.h"
#include "schedulers/testing/watched_policy.h"

namespace scxx {
namespace {

using sim::RunResult;
using sim::SimulatedPolicy;
using sim::SimulationOptions;
using sim::TaskGroup;

constexpr TopologySpec kOneCpu = {.cores_per_llc = 1};
constexpr TopologySpec kFourCpus = {.cores_per_llc = 2, .threads_per_core = 2};
constexpr TopologySpec kTwoNodes = {.nodes = 2, .cores_per_llc = 2};

RunResult Run(const SimulationOptions& options, const SimulatedPolicy& policy, PolicyWatch* watch) {
  return sim::RunSimulation(options,
                            {.traits = policy.traits, .make = [&](const PolicyLimits& limits) {
                               return AnyPolicy(WatchedPolicy(policy.make(limits), watch));
                             }});
}

// What no run without faults may show.
std::string Violation(const RunResult& result, const PolicyWatch& watch) {
  if (!result.ok()) return result.failure;
  if (watch.not_allowed != 0) {
    return absl::StrCat(watch.not_allowed, " decisions were for a CPU that the task may not use");
  }
  if (result.reclaimed != 0) {
    return absl::StrCat("the lease took back ", result.reclaimed,
                        " tasks that the policy had held for too long");
  }
  if (result.fallbacks != 0) return "the agent was late, though nothing delayed it";
  return "";
}

std::string RunCleanly(const SimulationOptions& options, const SimulatedPolicy& policy) {
  PolicyWatch watch;
  return Violation(Run(options, policy, &watch), watch);
}

std::string KeepsCpusBusy(const std::string& workload, const SimulatedPolicy& policy) {
  for (const auto& [topology, cpus] :
       {std::pair(kOneCpu, 1), std::pair(kFourCpus, 4), std::pair(kTwoNodes, 4)}) {
    SimulationOptions options{.topology = topology,
                              .workload = *sim::BuiltinWorkload(workload, cpus),
                              .duration = Millis(120)};
    options.safety_bounds.max_idle = Millis(50);
    const std::string why = RunCleanly(options, policy);
    if (!why.empty())
      return absl::StrCat("on ", cpus, " CPUs of ", topology.nodes, " nodes: ", why);
  }
  return "";
}

// As many hogs as CPUs.
std::string UsesEveryCpu(const SimulatedPolicy& policy) {
  PolicyWatch watch;
  const RunResult result =
      Run({.topology = kFourCpus,
           .workload = {.name = "four",
                        .groups = {{.name = "hog", .count = 4, .steps = {sim::Run(Millis(30))}}}},
           .duration = Millis(200)},
          policy, &watch);
  const std::string why = Violation(result, watch);
  const double share = sim::ShareOf(result.groups[0].cpu_time, result);
  if (!why.empty() || share >= 90) return why;
  return absl::StrFormat("four hogs got %.0f%% of four CPUs", share);
}

std::string KeepsAffinity(const SimulatedPolicy& policy) {
  sim::Workload workload{.name = "pinned"};
  for (int cpu = 0; cpu < 4; ++cpu) {
    workload.groups.push_back({.name = absl::StrCat("hog", cpu),
                               .count = 2,
                               .allowed = CpuSet::Only(CpuId(cpu)),
                               .steps = {sim::Run(Millis(2)), sim::Sleep(Micros(100))}});
  }
  return RunCleanly({.topology = kFourCpus, .workload = workload, .duration = Millis(100)}, policy);
}

std::string StarvesNobody(const SimulatedPolicy& policy) {
  const sim::Workload workload{
      .name = "crowd",
      .groups = {{.name = "hog", .count = 5, .steps = {sim::Run(Seconds(1))}},
                 {.name = "batch", .count = 2, .nice = 10, .steps = {sim::Run(Seconds(1))}},
                 {.name = "waker",
                  .count = 4,
                  .nice = -5,
                  .steps = {sim::Run(Micros(500)), sim::Sleep(Millis(5))}}}};
  SimulationOptions options{.topology = kOneCpu, .workload = workload, .duration = Millis(1500)};
  options.safety_bounds.max_wait = Seconds(1);
  return RunCleanly(options, policy);
}

// Each task's first decision comes back.
std::string ServesRefusedTasks(const SimulatedPolicy& policy) {
  constexpr uint32_t kTasks = 8;
  PolicyDriver<AnyPolicy> driver(policy.make(kDriverLimits));
  std::set<uint32_t> refused, served;
  for (uint32_t slot = 0; slot < kTasks; ++slot) driver.Wake(slot);
  for (int round = 0; round < 100 && served.size() < kTasks; ++round) {
    std::vector<Dispatch> decisions = driver.Schedule();
    std::reverse(decisions.begin(),
                 decisions.end());  // the engine's way: the last comes back first
    for (const Dispatch& d : decisions) {
      if (refused.insert(d.task.slot).second) {
        driver.Refuse(d.task);
      } else {
        served.insert(d.task.slot);
      }
    }
    driver.Advance(Millis(1));
  }
  if (served.size() == kTasks) return "";
  return absl::StrCat("of ", kTasks, " tasks whose first decision came back only ", served.size(),
                      " were decided again");
}

// Tasks that sleep again or exit before they are decided.
std::string LetsGoOfTasks(const SimulatedPolicy& policy) {
  constexpr uint32_t kTasks = 12;
  PolicyDriver<AnyPolicy> driver(policy.make(kDriverLimits));
  for (uint32_t slot = 0; slot < kTasks; ++slot) {
    const TaskId task = driver.Wake(slot);
    if (slot % 3 == 1) driver.Withdraw(task);
    if (slot % 3 == 2) driver.Exit(task);
  }
  size_t served = 0;
  for (int round = 0; round < 100 && served < kTasks / 3; ++round) {
    served += driver.Schedule().size();  // breaks a CHECK if it is one of the others
    driver.Advance(Millis(1));
  }
  if (served == kTasks / 3) return "";
  return absl::StrCat("of ", kTasks / 3, " tasks among others that left only ", served,
                      " were decided");
}

SimulationOptions Mixed(uint64_t seed) {
  return {.topology = kFourCpus,
          .workload = *sim::BuiltinWorkload("mixed", 4),
          .seed = seed,
          .duration = Millis(100)};
}

std::string AllocatesNothing(const SimulatedPolicy& policy) {
  PolicyWatch watch;
  SimulationOptions options = Mixed(1);
  options.faults = {.affinity = Millis(1), .nice = Millis(1), .kill_task = Millis(10)};
  const RunResult result = Run(options, policy, &watch);
  if (!result.ok()) return result.failure;
  if (watch.calls < 100) return "the policy was hardly asked";
  if (watch.allocated == 0) return "";
  return absl::StrCat("its hooks took memory ", watch.allocated, " times in ", watch.calls,
                      " calls: allocate in the constructor, by PolicyLimits");
}

std::string RepeatsItself(const SimulatedPolicy& policy) {
  const RunResult once = sim::RunSimulation(Mixed(7), policy);
  const RunResult again = sim::RunSimulation(Mixed(7), policy);
  if (once.hash == again.hash) return once.failure;
  return "two runs with the same seed differ: it uses a clock, chance, or an address";
}

std::string LivesThroughFaults(const SimulatedPolicy& policy) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const RunResult result = sim::RunSimulation(sim::CampaignRun(seed), policy);
    if (!result.ok()) return absl::StrCat("campaign ", seed, ": ", result.failure);
  }
  return "";
}

}  // namespace

std::vector<ConformanceCase> ConformanceCases() {
  std::vector<ConformanceCase> cases;
  for (const std::string& workload : sim::BuiltinWorkloadNames()) {
    cases.push_back(
        {absl::StrCat("KeepsCpusBusy_", workload),
         [workload](const SimulatedPolicy& policy) { return KeepsCpusBusy(workload, policy); }});
  }
  cases.insert(cases.end(), {{"UsesEveryCpu", UsesEveryCpu},
                             {"KeepsAffinity", KeepsAffinity},
                             {"StarvesNobody", StarvesNobody},
                             {"ServesRefusedTasks", ServesRefusedTasks},
                             {"LetsGoOfTasks", LetsGoOfTasks},
                             {"AllocatesNothing", AllocatesNothing},
                             {"RepeatsItself", RepeatsItself},
                             {"LivesThroughFaults", LivesThroughFaults}});
  return cases;
}

}  // namespace scxx
