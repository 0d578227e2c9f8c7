// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/run_seed.h"

#include "framework/sim/campaign.h"
#include "framework/sim/report.h"
#include "gtest/gtest.h"
#include "tools/schedsim/policies.h"

namespace scxx {

sim::RunResult RunPolicy(const std::string& policy, const sim::SimulationOptions& options) {
  return sim::RunSimulation(options, *FindPolicy(policy));
}

sim::RunResult RunGood(const std::string& policy, const sim::SimulationOptions& options) {
  sim::RunResult result = RunPolicy(policy, options);
  EXPECT_EQ(result.failure, "") << policy;
  return result;
}

double OfACpu(const sim::RunResult& result, size_t group) {
  return sim::ShareOf(result.groups[group].cpu_time, result) * result.cpus;
}

sim::RunResult RunSeed(const std::string& policy, uint64_t seed, bool harsh) {
  return RunPolicy(policy, harsh ? sim::HarshCampaignRun(seed) : sim::CampaignRun(seed));
}

std::string CommandFor(const std::string& policy, uint64_t seed, bool harsh) {
  return std::string("bazel run //tools/schedsim -- --campaign ") + (harsh ? "--harsh " : "") +
         "--policy=" + policy + " --seed=" + std::to_string(seed);
}

}  // namespace scxx
