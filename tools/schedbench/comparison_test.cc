// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Results Empty(Mode mode) {
  Results results;
  results.mode = mode;
  results.schedulers = {"eevdf"};
  results.seeds = {1, 2};
  return results;
}

std::string Boot(int gap_ns) {
  return absl::StrCat("@run none freeze_probe\nmax_gap_ns=", gap_ns, "\n@end 0 \n");
}

TEST(ComparisonTest, AFrozenBootIsLeftOut) {
  const auto results = WithBoots(Empty(Mode::kConcurrent), {Boot(30'000'000), Boot(2'000'000)});
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_THAT(results->seeds, ElementsAre(2));
  EXPECT_EQ(results->boots.size(), 1u);
  EXPECT_EQ(results->made_with.back().second,
            "1 of 2 boots disqualified: a task alone on its CPU stood still for 30.0 ms");
}

TEST(ComparisonTest, WhenAllAreFrozenThereIsNoResult) {
  const auto results = WithBoots(Empty(Mode::kExact2), {Boot(30'000'000), Boot(99'000'000)});
  EXPECT_THAT(std::string(results.status().message()), HasSubstr("2 of 2 boots disqualified"));
}

TEST(ComparisonTest, OneExactCpuNeedsNoProbe) {
  const auto results = WithBoots(Empty(Mode::kExact), {"", ""});
  ASSERT_TRUE(results.ok());
  EXPECT_THAT(results->seeds, ElementsAre(1, 2));
  EXPECT_THAT(results->made_with, IsEmpty());
}

TEST(ComparisonTest, ADamagedTranscriptIsAnError) {
  EXPECT_FALSE(WithBoots(Empty(Mode::kExact), {"@run x y\n", ""}).ok());
}

RunResult Probed(const std::string& gap, int exit_code = 0) {
  return {.scheduler = "eevdf",
          .run = FreezeProbe().name,
          .exit_code = exit_code,
          .values = {{"max_gap_ns", gap}}};
}

std::string Judged(const std::vector<RunResult>& boot) {
  return std::string(JudgeProbe(boot).message());
}

TEST(ProbeTest, AShortGapIsFine) {
  EXPECT_EQ(Judged({Probed("20000000")}), "");
  EXPECT_EQ(Judged({RunResult{.run = "other"}, Probed("3000")}), "");
}

TEST(ProbeTest, ALongGapIsNamed) {
  EXPECT_EQ(Judged({Probed("812345678")}), "a task alone on its CPU stood still for 812.3 ms");
}

TEST(ProbeTest, WithoutAProbeThereIsNoTrust) {
  EXPECT_THAT(Judged({}), HasSubstr("did not run"));
  EXPECT_THAT(Judged({Probed("3000", 1)}), HasSubstr("did not run"));
  EXPECT_THAT(Judged({Probed("")}), HasSubstr("did not run"));
}

}  // namespace
}  // namespace scxx::bench
