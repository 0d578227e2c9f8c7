// SPDX-License-Identifier: Apache-2.0
//
// Simulated runs, as the tests here make them.

#ifndef SCXX_TESTS_SIM_RUN_SEED_H_
#define SCXX_TESTS_SIM_RUN_SEED_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "framework/sim/simulation.h"

namespace scxx {

// `policy` is the name of one that ships.
sim::RunResult RunPolicy(const std::string& policy, const sim::SimulationOptions& options);
// ... and fails the test if the run fails.
sim::RunResult RunGood(const std::string& policy, const sim::SimulationOptions& options);
// What a group had, in per cent of one CPU.
double OfACpu(const sim::RunResult& result, size_t group);

sim::RunResult RunSeed(const std::string& policy, uint64_t seed, bool harsh = false);

// What repeats it, to be pasted.
std::string CommandFor(const std::string& policy, uint64_t seed, bool harsh = false);

}  // namespace scxx

#endif  // SCXX_TESTS_SIM_RUN_SEED_H_
