// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/report/sample_results.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kSample[] =
    "# kernel 7.3.4\n"
    "# seeds 1 to 3\n"
    "workload,metric,scheduler,value\n"
    "hogs,outcome,eevdf,ok\n"
    "hogs,outcome,mine,ok\n"
    "pairs,cost,eevdf,200\n"
    "pairs,cost,mine,100\n"
    "pairs,outcome,eevdf,ok\n"
    "pairs,outcome,mine,ok\n";

Baseline Sample() { return *ParseBaseline(kSample); }

Baseline With(const Baseline::Key& key, const std::string& value) {
  Baseline baseline = Sample();
  baseline.values[key] = value;
  return baseline;
}

TEST(BaselineTest, CostsAndOutcomesOfAComparison) {
  EXPECT_EQ(PrintBaseline(BaselineOf(SampleResults())), kSample);
}

TEST(BaselineTest, ComesBackAsItWas) { EXPECT_EQ(PrintBaseline(Sample()), kSample); }

TEST(BaselineTest, DamageIsFound) {
  const auto baseline = ParseBaseline("workload,metric,scheduler,value\npairs,cost,mine\n");
  EXPECT_THAT(std::string(baseline.status().message()),
              HasSubstr("damaged at \"pairs,cost,mine\""));
}

TEST(CompareTest, TheSameIsFine) {
  const Verdict verdict = Compare(Sample(), Sample());
  EXPECT_THAT(verdict.failures, IsEmpty());
  EXPECT_THAT(verdict.notes, IsEmpty());
  EXPECT_EQ(verdict.compared, 6);
}

TEST(CompareTest, TwoPercentAreTolerated) {
  EXPECT_THAT(Compare(Sample(), With({"pairs", "cost", "eevdf"}, "204")).failures, IsEmpty());
  EXPECT_THAT(Compare(Sample(), With({"pairs", "cost", "eevdf"}, "205")).failures,
              ElementsAre("pairs cost under eevdf: 205, 2.5 % more than the baseline's 200"));
  EXPECT_THAT(Compare(Sample(), With({"pairs", "cost", "eevdf"}, "20")).failures, IsEmpty());
}

TEST(CompareTest, AnyChangeOfOutcomeFails) {
  EXPECT_THAT(Compare(Sample(), With({"hogs", "outcome", "mine"}, "ejected")).failures,
              ElementsAre("hogs outcome under mine: ejected, was ok"));
}

TEST(CompareTest, WhatHasNoBaselineFails) {
  EXPECT_THAT(Compare(Sample(), With({"new", "cost", "mine"}, "1")).failures,
              ElementsAre("new cost under mine has no baseline: write one with --update"));
}

TEST(CompareTest, AnotherKernelHasOtherCosts) {
  Baseline other = With({"pairs", "cost", "eevdf"}, "900");
  other.values[{"hogs", "outcome", "mine"}] = "stalled";
  other.made_with[0].second = "7.4";
  const Verdict verdict = Compare(Sample(), other);
  EXPECT_THAT(verdict.notes, ElementsAre(HasSubstr("kernel was 7.3.4 and is 7.4")));
  EXPECT_THAT(verdict.failures, ElementsAre("hogs outcome under mine: stalled, was ok"));
}

TEST(MergeTest, KeepsWhatWasNotRunAgain) {
  Baseline now = Sample();
  now.values = {{{"pairs", "cost", "mine"}, "90"}};
  const Baseline merged = Merge(Sample(), now);
  EXPECT_EQ(merged.values.size(), 6u);
  EXPECT_EQ(merged.values.at({"pairs", "cost", "mine"}), "90");
  now.made_with[1].second = "1 to 2";
  EXPECT_EQ(Merge(Sample(), now).values.size(), 1u);
}

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
