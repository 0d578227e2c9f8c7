// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/hard_loads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_split.h"
#include "tools/load/registry.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Chosen(const std::string& names) {
  std::vector<std::string> chosen;
  const auto loads = ChooseHardLoads(names);
  EXPECT_TRUE(loads.ok()) << loads.status();
  for (const HardLoad& load : *loads) chosen.push_back(load.name);
  return chosen;
}

// `command` is a workload and its flags, as the load program is given them.
void ExpectUnderstood(const std::vector<std::string>& command) {
  const std::set<std::string> common = {"fault", "fault_target", "fault_at", "fault_for", "limit"};
  const auto load = load::MakeWorkload(command[0]);
  ASSERT_NE(load, nullptr) << command[0];
  load::FlagSet flags;
  load->RegisterFlags(flags);
  for (size_t i = 1; i < command.size(); ++i) {
    const std::pair<std::string, std::string> flag =
        absl::StrSplit(command[i].substr(2), absl::MaxSplits('=', 1));
    if (common.count(flag.first) != 0) continue;
    EXPECT_TRUE(flags.Set(flag.first, flag.second).ok()) << command[0] << " " << command[i];
  }
}

TEST(HardLoadsTest, TheLoadProgramUnderstandsThem) {
  for (const HardLoad& load : HardLoads()) {
    ExpectUnderstood(ProbeOf(load).load);
    for (const Companion& companion : load.beside) {
      if (companion.command[0] != "/bin/load") continue;
      ExpectUnderstood({companion.command.begin() + 1, companion.command.end()});
    }
  }
}

// A program beside that is not the load program is one that the row says it needs.
TEST(HardLoadsTest, OtherProgramsAreNamed) {
  for (const HardLoad& load : HardLoads()) {
    for (const Companion& companion : load.beside) {
      if (companion.command[0] == "/bin/load") continue;
      EXPECT_EQ(companion.command[0], "/bin/" + load.program) << load.name;
    }
  }
}

// What never executes PAUSE would stop the machine's other CPU: other programs, and messages, which
// are all in the kernel.
TEST(HardLoadsTest, CpusThatTakeTurnsRunWhatPauses) {
  for (const HardLoad& load : HardLoads()) {
    if (load.mode != Mode::kExact2) continue;
    EXPECT_EQ(load.program, "") << load.name;
    for (const Companion& companion : load.beside) EXPECT_NE(companion.name, "messaging");
  }
}

TEST(HardLoadsTest, NamesAreUniqueAndExplained) {
  std::set<std::string> names;
  for (const HardLoad& load : HardLoads()) {
    EXPECT_TRUE(names.insert(load.name).second) << load.name;
    EXPECT_NE(load.what, "") << load.name;
    std::set<std::string> beside;  // Each has a file of its own for its output.
    for (const Companion& c : load.beside) EXPECT_TRUE(beside.insert(c.name).second) << load.name;
    EXPECT_TRUE(EncodePlan({.beside = load.beside, .runs = {ProbeOf(load)}}).ok()) << load.name;
  }
}

TEST(HardLoadsTest, ChosenInTheirOrderEachOnce) {
  EXPECT_THAT(Chosen("crowd_300,rt_hog,crowd_300"), ElementsAre("rt_hog", "crowd_300"));
  EXPECT_EQ(Chosen("all").size(), HardLoads().size());
}

TEST(HardLoadsTest, TheUnknownIsRefusedByNameWithTheList) {
  EXPECT_THAT(std::string(ChooseHardLoads("rt_hog,nonsense").status().message()),
              HasSubstr("--rows: unknown row nonsense; known are all, rt_hog, "));
}

}  // namespace
}  // namespace scxx::bench
