// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/testing/sample_results.h"

namespace scxx::bench {
namespace {

using testing::HasSubstr;

std::string FileNamed(const std::string& name) { return testing::TempDir() + "/" + name; }

TEST(CheckTest, WhatWasWrittenIsMet) {
  const std::string file = FileNamed("met.csv");
  ASSERT_TRUE(UpdateBaseline(file, SampleResults()).ok());
  std::string report;
  EXPECT_TRUE(CheckAgainst(file, SampleResults(), report).ok());
  EXPECT_EQ(report, "6 figures compared with the baseline, 0 worse\n");
}

TEST(CheckTest, WhatIsWorseIsNamed) {
  const std::string file = FileNamed("worse.csv");
  ASSERT_TRUE(UpdateBaseline(file, SampleResults()).ok());
  Results worse = SampleResults();
  for (size_t boot = 0; boot < 3; ++boot) {
    RunOf(worse, boot, "mine", "pairs").values["ns_per_op"] = "110";
  }
  std::string report;
  const absl::Status status = CheckAgainst(file, worse, report);
  EXPECT_TRUE(absl::IsAborted(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("1 figures are worse than the baseline"));
  EXPECT_THAT(report, HasSubstr("worse: pairs cost under mine: 110, 10.0 % more than"));
}

TEST(CheckTest, AMissingBaselineNamesTheCure) {
  std::string report;
  const absl::Status status = CheckAgainst(FileNamed("none.csv"), SampleResults(), report);
  EXPECT_THAT(std::string(status.message()), HasSubstr("write one with --update"));
  EXPECT_THAT(std::string(UpdateBaseline("", SampleResults()).message()),
              HasSubstr("use bazel run"));
}

}  // namespace
}  // namespace scxx::bench
