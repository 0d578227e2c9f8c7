// SPDX-License-Identifier: Apache-2.0
//
// Seeds that differ from commit to commit, so that CI goes on looking: derived from the file that
// is its argument (//tests/sim:commit).

#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

#include "gtest/gtest.h"

#include "tests/sim/run_seed.h"

namespace scxx {
namespace {

constexpr uint64_t kSeeds = 20;
std::string commit_file;

// FNV-1a; std::hash may differ from library to library.
uint64_t HashOf(const std::string& text) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

class CommitSeed : public testing::TestWithParam<std::string> {};

TEST_P(CommitSeed, HoldsWhateverHappens) {
  std::ifstream in(commit_file);
  std::string commit;
  ASSERT_TRUE(std::getline(in, commit)) << commit_file;
  // Small enough to read, and clear of the fixed lists.
  const uint64_t first = 1'000'000 + HashOf(commit) % 1'000'000'000;
  std::cout << "commit " << commit << ": seeds from " << first << "\n";
  for (uint64_t seed = first; seed < first + kSeeds; ++seed) {
    const sim::RunResult result = RunSeed(GetParam(), seed);
    EXPECT_TRUE(result.ok()) << result.failure << "\n" << CommandFor(GetParam(), seed);
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, CommitSeed, testing::Values("fifo", "latency", "vruntime"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace scxx

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: commit_seed_test FILE\n";
    return 1;
  }
  scxx::commit_file = argv[1];
  return RUN_ALL_TESTS();
}
