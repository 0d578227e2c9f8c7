// SPDX-License-Identifier: Apache-2.0
//
// A fixed list of seeds for each policy that ships; in blocks, so that they can be sharded. A
// failure prints the command that repeats it.
#include "framework/sim/campaign.h"

#include <cstdint>
#include <string>
#include <tuple>

#include "gtest/gtest.h"

#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

constexpr uint64_t kFirstSeed = 1000;
constexpr uint64_t kBlocks = 34;
constexpr uint64_t kSeedsInBlock = 100;

class Campaign : public testing::TestWithParam<std::tuple<std::string, uint64_t>> {};

TEST_P(Campaign, HoldsWhateverHappens) {
  const auto& [policy, block] = GetParam();
  const uint64_t first = kFirstSeed + block * kSeedsInBlock;
  for (uint64_t seed = first; seed < first + kSeedsInBlock; ++seed) {
    const sim::RunResult result = RunSeed(policy, seed);
    ASSERT_TRUE(result.ok()) << result.failure << "\n" << CommandFor(policy, seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Campaign,
                         testing::Combine(testing::Values("fifo", "latency", "vruntime"),
                                          testing::Range<uint64_t>(0, kBlocks)),
                         [](const auto& info) {
                           return std::get<0>(info.param) + "_" +
                                  std::to_string(std::get<1>(info.param));
                         });

// The same seed gives the same trace, to the last event.
class Repetition : public testing::TestWithParam<std::string> {};

TEST_P(Repetition, GivesTheSameTraceHash) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const uint64_t hash = RunSeed(GetParam(), seed).hash;
    EXPECT_EQ(hash, RunSeed(GetParam(), seed).hash) << CommandFor(GetParam(), seed);
    EXPECT_NE(hash, RunSeed(GetParam(), seed + 1).hash) << CommandFor(GetParam(), seed);
  }
}

// Checkers look and do not touch.
TEST_P(Repetition, GivesTheSameTraceHashWithoutCheckers) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    sim::SimulationOptions options = sim::CampaignRun(seed);
    options.check = false;
    EXPECT_EQ(RunSeed(GetParam(), seed).hash, RunPolicy(GetParam(), options).hash)
        << CommandFor(GetParam(), seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, Repetition, testing::Values("fifo", "latency", "vruntime"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace scxx
