// SPDX-License-Identifier: Apache-2.0
//
// A fixed list of seeds for each policy that ships. A failure prints the command that repeats it.
#include "framework/sim/campaign.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

#include "framework/sim/simulation.h"
#include "tools/schedsim/policies.h"

namespace scxx {
namespace {

constexpr uint64_t kFirstSeed = 1000;
constexpr uint64_t kSeeds = 700;

std::string CommandFor(const std::string& policy, uint64_t seed) {
  return "bazel run //tools/schedsim -- --campaign --policy=" + policy +
         " --seed=" + std::to_string(seed);
}

sim::RunResult RunSeed(const std::string& policy, uint64_t seed) {
  return sim::RunSimulation(sim::CampaignRun(seed), *FindPolicy(policy));
}

class Campaign : public testing::TestWithParam<std::string> {};

TEST_P(Campaign, HoldsWhateverHappens) {
  for (uint64_t seed = kFirstSeed; seed < kFirstSeed + kSeeds; ++seed) {
    const sim::RunResult result = RunSeed(GetParam(), seed);
    ASSERT_TRUE(result.ok()) << result.failure << "\n" << CommandFor(GetParam(), seed);
  }
}

TEST_P(Campaign, RepeatsToTheLastEvent) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(RunSeed(GetParam(), seed).hash, RunSeed(GetParam(), seed).hash)
        << CommandFor(GetParam(), seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Campaign, testing::Values("fifo", "latency", "vruntime"),
                         [](const auto& info) { return info.param; });

// Seeds that have failed once, and why.
struct Regression {
  const char* policy;
  uint64_t seed;
  const char* what;
};
constexpr Regression kRegressions[] = {
    {"vruntime", 319, "an affinity change between event and decision ended the scheduler"},
    {"latency", 1812, "on one CPU a record waited behind tasks that were dispatched directly"},
};

TEST(Regressions, StayFixed) {
  for (const Regression& regression : kRegressions) {
    const sim::RunResult result = RunSeed(regression.policy, regression.seed);
    EXPECT_TRUE(result.ok()) << regression.what << ": " << result.failure << "\n"
                             << CommandFor(regression.policy, regression.seed);
  }
}

}  // namespace
}  // namespace scxx
