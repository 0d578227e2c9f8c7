// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/campaign.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "absl/status/status.h"

namespace scxx::bench {
namespace {

using std::chrono::seconds;
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
    BootsDone last;
    const auto outputs = RunCampaign({.boot = TwoRuns, .seeds = {7, 3, 5}, .machines = machines},
                                     [&](const BootsDone& now) { last = now; });
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    EXPECT_THAT(*outputs,
                ElementsAre(HasSubstr("@run a 7"), HasSubstr("@run a 3"), HasSubstr("@run a 5")));
    EXPECT_EQ(last.boots, 3);
    EXPECT_EQ(last.runs, 6);
  }
}

TEST(CampaignTest, AFailureNamesItsSeed) {
  const auto boot = [](uint64_t seed) -> absl::StatusOr<int> {
    if (seed == 3) return absl::UnavailableError("it panicked");
    return TwoRuns(seed);
  };
  const auto outputs = RunCampaign({.boot = boot, .seeds = {7, 3, 5}}, [](const BootsDone&) {});
  EXPECT_EQ(outputs.status().message(), "seed 3: it panicked");
}

TEST(ProgressLineTest, SaysWhatIsDoneAndLeft) {
  const ProgressLine line(192, 4, false);
  EXPECT_EQ(line.Text({.boots = 0, .runs = 0}, seconds(3)),
            "schedbench: 0 of 192 runs, 0 of 4 boots");
  EXPECT_EQ(line.Text({.boots = 1, .runs = 48}, seconds(100)),
            "schedbench: 48 of 192 runs, 1 of 4 boots, 5 min left");
  EXPECT_EQ(line.Text({.boots = 4, .runs = 192}, seconds(400)),
            "schedbench: 192 of 192 runs, 4 of 4 boots, 0 min left");
}

}  // namespace
}  // namespace scxx::bench
