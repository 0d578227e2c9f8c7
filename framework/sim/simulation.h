// SPDX-License-Identifier: Apache-2.0
//
// RunSimulation: one run of a policy on a simulated machine, from its seed.
//
//   RunResult result = RunSimulation({.topology = {.cores_per_llc = 4},
//                                     .workload = *BuiltinWorkload("hogs", 4),
//                                     .seed = 7},
//                                    Simulated<FifoPolicy>());
//   std::cout << FormatTable(result);
//
// What runs is what ships: the dispatcher of bpf/, the channel, the engine, the policy. Equal
// options give equal results, to the last event (RunResult::hash).

#ifndef SCXX_FRAMEWORK_SIM_SIMULATION_H_
#define SCXX_FRAMEWORK_SIM_SIMULATION_H_

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "framework/sim/checks/checkers.h"
#include "framework/sim/core/core.h"
#include "framework/sim/core/dispatcher.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/faults.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/report.h"
#include "framework/sim/sim_backend.h"
#include "framework/topology/topology.h"

namespace scxx::sim {

struct SimulationOptions {
  TopologySpec topology = {};
  Workload workload = {};
  uint64_t seed = 1;
  Nanos duration = Seconds(1);
  CoreCosts core = {};
  AgentCosts agent = {};
  MakeDispatcher dispatcher = ShippedDispatcher;

  // Safety: faults happen, and what must never happen is looked for after every event. Liveness,
  // which the last part of `duration` can be: no more faults, and after `settle` tighter bounds.
  FaultRates faults = {};
  Nanos liveness = {};
  Nanos settle = {};
  bool check = true;
  CheckerBounds safety_bounds = {.max_wait = Seconds(4), .max_idle = Millis(100)};
  CheckerBounds liveness_bounds = {.max_wait = Seconds(4), .max_idle = Millis(100)};
  // Slots of the dispatcher; tasks beyond it are the kernel's.
  uint32_t max_tasks = 4096;
  // The dispatcher's; zero: the default.
  Nanos hold_max = {};

  // Sees every record.
  Trace::Sink sink = {};
  // The same, with the name of the record's task; "" if it is of none.
  std::function<void(const TraceRecord& record, absl::string_view comm)> tracer = {};
};

struct SimulatedPolicy {
  PolicyTraits traits;
  std::function<AnyPolicy(const PolicyLimits&)> make;
  std::string name = {};  // for reports; empty: the traits'
};

// A type of policies: one that limits are all it takes, else with the defaults of its options.
template <Policy P>
SimulatedPolicy Simulated() {
  return {.traits = TraitsOf<P>(), .make = [](const PolicyLimits& limits) {
            if constexpr (std::is_constructible_v<P, const PolicyLimits&>) {
              return AnyPolicy(P(limits));
            } else {
              return AnyPolicy(*P::Create({}, limits));
            }
          }};
}

RunResult RunSimulation(const SimulationOptions& options, const SimulatedPolicy& policy);

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_SIMULATION_H_
