// SPDX-License-Identifier: Apache-2.0
//
// Campaigns: many short runs, each with a machine, a workload and faults drawn from its seed.
//
//   RunResult result = RunSimulation(CampaignRun(seed), policy);
//
// Swarm: each fault is off half of the time, so that they are also seen alone and in pairs. A run
// has a safety phase with faults and a liveness phase without, in which every runnable task must
// run within a bound.

#ifndef SCXX_FRAMEWORK_SIM_CAMPAIGN_H_
#define SCXX_FRAMEWORK_SIM_CAMPAIGN_H_

#include <cstdint>
#include <string>

#include "framework/sim/simulation.h"

namespace scxx::sim {

SimulationOptions CampaignRun(uint64_t seed);

// The same with what machines have besides, and for seconds, so that waits can become long: kernel
// threads, tasks of a higher class and of SCHED_BATCH and SCHED_IDLE, crowds on one CPU, few slots,
// an agent that may use some CPUs only, CPUs that are not there. Each is off most of the time.
SimulationOptions HarshCampaignRun(uint64_t seed);

// What the seed has drawn, on one line: "4 CPUs (1x1x2x2), 12 tasks, faults: nice=3ms".
std::string Describe(const SimulationOptions& options);

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CAMPAIGN_H_
