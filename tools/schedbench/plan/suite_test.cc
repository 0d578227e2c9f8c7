// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_split.h"
#include "tools/load/registry.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Chosen(const std::string& names, Mode mode = Mode::kExact) {
  std::vector<std::string> chosen;
  const auto workloads = ChooseWorkloads(names, mode);
  EXPECT_TRUE(workloads.ok()) << workloads.status();
  for (const Workload& workload : *workloads) chosen.push_back(workload.name);
  return chosen;
}

std::string ErrorOf(const std::string& names, Mode mode = Mode::kExact) {
  return std::string(ChooseWorkloads(names, mode).status().message());
}

TEST(SuiteTest, NamesAreUnique) {
  std::set<std::string> names;
  for (const Workload& workload : Suite()) EXPECT_TRUE(names.insert(workload.name).second);
}

// What the table would ask for, the load program must know: its workloads and their flags.
TEST(SuiteTest, TheLoadProgramUnderstandsEveryWorkload) {
  const std::set<std::string> common = {"fault", "fault_target", "fault_at", "fault_for"};
  for (const bench::Run& run : RunsOf(Suite())) {
    const auto load = load::MakeWorkload(run.load[0]);
    ASSERT_NE(load, nullptr) << run.load[0];
    load::FlagSet flags;
    load->RegisterFlags(flags);
    for (size_t i = 1; i < run.load.size(); ++i) {
      const std::pair<std::string, std::string> flag =
          absl::StrSplit(run.load[i].substr(2), absl::MaxSplits('=', 1));
      if (common.count(flag.first) != 0) continue;
      EXPECT_TRUE(flags.Set(flag.first, flag.second).ok()) << run.name << " " << run.load[i];
    }
  }
}

TEST(SuiteTest, NamesAndGroupsInTheSuitesOrder) {
  EXPECT_THAT(Chosen("yield_8,pipe_pairs_4,yield_8"), ElementsAre("pipe_pairs_4", "yield_8"));
  EXPECT_THAT(Chosen("shares,idle"), ElementsAre("nice_mix", "idle"));
  EXPECT_EQ(Chosen("all").size(), Suite().size());
}

TEST(SuiteTest, TheUnknownIsRefusedByNameWithTheList) {
  EXPECT_THAT(ErrorOf("idle,busy"),
              HasSubstr("unknown workload busy; known are all, cost, latency, shares, faults, "
                        "pipe_pairs_4, "));
}

TEST(SuiteTest, AModeRefusesWhatItCannotMeasure) {
  EXPECT_THAT(ErrorOf("periodic_6", Mode::kExact2), HasSubstr("exact2 measures counts only"));
  EXPECT_EQ(ErrorOf("periodic_6", Mode::kConcurrent), "");
  EXPECT_THAT(Chosen("latency", Mode::kExact2), IsEmpty());
  EXPECT_THAT(Chosen("yield_8,faults", Mode::kExact2), ElementsAre("yield_8"));
}

TEST(SuiteTest, TheStartOfASchedulerIsNoLoad) {
  EXPECT_THAT(RunsOf(*ChooseWorkloads(kAttachRun, Mode::kExact)), IsEmpty());
}

TEST(SuiteTest, EveryWorkloadIsExplained) {
  for (const Workload& workload : Suite()) EXPECT_NE(workload.what, "") << workload.name;
}

}  // namespace
}  // namespace scxx::bench
