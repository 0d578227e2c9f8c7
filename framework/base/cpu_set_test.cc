// SPDX-License-Identifier: Apache-2.0

#include "framework/base/cpu_set.h"

#include <sstream>
#include <string>
#include <vector>

#include "framework/base/cpu.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(sizeof(CpuSet) == 128, "its header says so");

CpuSet Of(const std::vector<int>& cpus) {
  CpuSet set;
  for (int cpu : cpus) set.Add(CpuId(cpu));
  return set;
}

std::string Print(const CpuSet& set) {
  std::ostringstream out;
  out << set;
  return out.str();
}

TEST(CpuSet, HoldsWhatWasAdded) {
  CpuSet set = Of({0, 63, 64, 1023});
  EXPECT_EQ(set.size(), 4);
  EXPECT_TRUE(set.Contains(CpuId(64)));
  EXPECT_FALSE(set.Contains(CpuId(65)));
  set.Remove(CpuId(64));
  set.Remove(CpuId(65));
  EXPECT_EQ(set, Of({0, 63, 1023}));
  set.Clear();
  EXPECT_TRUE(set.empty());
}

TEST(CpuSet, ContainsNothingThatIsNoCpu) {
  CpuSet all = CpuSet::FirstN(kMaxCpus);
  EXPECT_EQ(all.size(), kMaxCpus);
  EXPECT_FALSE(all.Contains(CpuId::Any()));
  EXPECT_FALSE(all.Contains(CpuId::None()));
  EXPECT_FALSE(all.Contains(CpuId(kMaxCpus)));
}

TEST(CpuSet, IteratesInAscendingOrder) {
  std::vector<int> seen;
  for (CpuId cpu : Of({700, 1023, 2, 63, 64})) seen.push_back(cpu.value());
  EXPECT_EQ(seen, (std::vector<int>{2, 63, 64, 700, 1023}));
  for (CpuId cpu : CpuSet()) FAIL() << cpu;
}

TEST(CpuSet, FindsTheNext) {
  CpuSet set = Of({5, 1023});
  EXPECT_EQ(set.First(), CpuId(5));
  EXPECT_EQ(set.After(CpuId(5)), CpuId(1023));
  EXPECT_EQ(set.After(CpuId(1023)), CpuId::None());
  EXPECT_EQ(CpuSet().First(), CpuId::None());
}

TEST(CpuSet, CombinesSets) {
  EXPECT_EQ(Of({1, 2, 900}) & Of({2, 900, 3}), Of({2, 900}));
  EXPECT_EQ(Of({1, 900}) | Of({2}), Of({1, 2, 900}));
}

TEST(CpuSet, HasOneCpuIfAsked) { EXPECT_EQ(CpuSet::Only(CpuId(700)), Of({700})); }

TEST(CpuSet, KnowsWhetherTwoHaveACpuInCommon) {
  CpuSet high, both;
  high.Add(CpuId(700));
  both.Add(CpuId(3));
  both.Add(CpuId(700));
  EXPECT_TRUE(high.Intersects(both));
  EXPECT_FALSE(high.Intersects(CpuSet::FirstN(700)));
  EXPECT_FALSE(CpuSet().Intersects(both));
}

TEST(CpuSet, VisitsTheCpusInCommon) {
  CpuSet some;
  for (int cpu : {1, 5, 70, 200}) some.Add(CpuId(cpu));
  std::vector<int> visited;
  CpuSet::FirstN(300).ForEachCommon(some, 128, [&](CpuId cpu) { visited.push_back(cpu.value()); });
  EXPECT_EQ(visited, (std::vector<int>{1, 5, 70}));
}

TEST(CpuSet, CopiesMasksByWord) {
  CpuSet set;
  set.set_word(1, 0b101);
  EXPECT_EQ(set, Of({64, 66}));
  EXPECT_EQ(set.word(1), 0b101u);
}

TEST(CpuSet, PrintsAsTheKernelDoes) {
  EXPECT_EQ(Print(Of({0, 1, 2, 3, 8, 10, 11})), "0-3,8,10-11");
  EXPECT_EQ(Print(CpuSet()), "");
  EXPECT_EQ(Print(CpuSet::FirstN(kMaxCpus)), "0-1023");
}

TEST(CpuSetDeathTest, RefusesWhatIsNoCpu) {
  CpuSet set;
  EXPECT_DEATH(set.Add(CpuId(kMaxCpus)), "CHECK failed");
  EXPECT_DEATH(set.Add(CpuId::Any()), "CHECK failed");
}

}  // namespace
}  // namespace scxx
