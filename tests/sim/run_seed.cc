// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/run_seed.h"

#include "framework/sim/campaign.h"
#include "tools/schedsim/policies.h"

namespace scxx {

sim::RunResult RunPolicy(const std::string& policy, const sim::SimulationOptions& options) {
  return sim::RunSimulation(options, *FindPolicy(policy));
}

sim::RunResult RunSeed(const std::string& policy, uint64_t seed) {
  return RunPolicy(policy, sim::CampaignRun(seed));
}

std::string CommandFor(const std::string& policy, uint64_t seed) {
  return "bazel run //tools/schedsim -- --campaign --policy=" + policy +
         " --seed=" + std::to_string(seed);
}

}  // namespace scxx
