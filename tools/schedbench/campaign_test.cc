// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "absl/status/status.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

absl::StatusOr<int> TwoRuns(uint64_t seed) {
  std::printf("@run a %d\n@end 0 \n@run b %d\n@end 0 \n", static_cast<int>(seed),
              static_cast<int>(seed));
  std::fflush(stdout);
  return 0;
}

TEST(CampaignTest, OutputsInTheOrderOfTheSeeds) {
  for (const int machines : {1, 2}) {
    Progress last;
    const auto outputs = RunCampaign({.boot = TwoRuns, .seeds = {7, 3, 5}, .machines = machines},
                                     [&](const Progress& now) { last = now; });
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    EXPECT_THAT(*outputs,
                ElementsAre(HasSubstr("@run a 7"), HasSubstr("@run a 3"), HasSubstr("@run a 5")));
    EXPECT_EQ(last.boots_done, 3);
    EXPECT_EQ(last.runs_done, 6);
  }
}

TEST(CampaignTest, AFailureNamesItsSeed) {
  const auto boot = [](uint64_t seed) -> absl::StatusOr<int> {
    if (seed == 3) return absl::UnavailableError("it panicked");
    return TwoRuns(seed);
  };
  const auto outputs = RunCampaign({.boot = boot, .seeds = {7, 3, 5}}, [](const Progress&) {});
  EXPECT_EQ(outputs.status().message(), "seed 3: it panicked");
}

}  // namespace
}  // namespace scxx::bench
