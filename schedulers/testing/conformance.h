// SPDX-License-Identifier: Apache-2.0
//
// What every policy must do, whatever its idea of order: seen on a simulated machine, with the
// dispatcher and the engine that ship. The scheduler() macro makes a test of it for each scheduler,
// NAME_conformance_test; nobody has to write a line.
//
//   for (const ConformanceCase& c : ConformanceCases()) {
//     const std::string why = c.violation(policy);   // "" if the policy conforms
//   }
//
// It says nothing about how good a policy is. A policy that breaks a rule of policy.h which the
// engine CHECKs (a dispatch of a task that it does not hold, say) ends the program.

#ifndef SCXX_SCHEDULERS_TESTING_CONFORMANCE_H_
#define SCXX_SCHEDULERS_TESTING_CONFORMANCE_H_

#include <functional>
#include <string>
#include <vector>

#include "framework/sim/simulation.h"

namespace scxx {

struct ConformanceCase {
  std::string name;  // a C++ identifier
  // What the policy did wrong, and where; else "".
  std::function<std::string(const sim::SimulatedPolicy&)> violation;
};

//   KeepsCpusBusy_WORKLOAD  each built-in workload on one CPU, on four, and on four in two nodes:
//                           no CPU is idle for 50 ms beside a task that waits, and the
//                           simulator's other checkers find nothing
//   UsesEveryCpu            four hogs have four CPUs
//   KeepsAffinity           no decision is for a CPU that its task may not use
//   StarvesNobody           no task is lost, or waits for a second among a dozen of others
//   ServesRefusedTasks      decisions come back, and their tasks run all the same
//   LetsGoOfTasks           tasks that sleep or exit while it holds them are not decided
//   AllocatesNothing        no hook takes memory
//   RepeatsItself           equal events give equal decisions
//   LivesThroughFaults      campaigns: late and stopped agents, tasks that change and die
std::vector<ConformanceCase> ConformanceCases();

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_CONFORMANCE_H_
