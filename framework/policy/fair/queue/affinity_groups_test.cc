// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/affinity_groups.h"

#include <cstdint>
#include <numeric>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr int kCpus = 16;

CpuSet SetOf(const std::vector<int>& cpus) {
  CpuSet set;
  for (int cpu : cpus) set.Add(CpuId(cpu));
  return set;
}

using Numbers = std::vector<uint32_t>;

Numbers Restricted(const AffinityGroups& groups) {
  Numbers numbers;
  groups.ForEachRestricted([&](uint32_t group) { numbers.push_back(group); });
  return numbers;
}

Numbers Meeting(const AffinityGroups& groups, const CpuSet& cpus) {
  Numbers numbers;
  groups.ForEachMeeting(cpus, [&](uint32_t group) { numbers.push_back(group); });
  return numbers;
}

TEST(AffinityGroups, CountsUnrestrictedTasksAsOneGroup) {
  AffinityGroups groups(kCpus);
  EXPECT_EQ(groups.domains(), 1u);
  EXPECT_EQ(groups.Join(nullptr, CpuId(3)), 0u);
  const CpuSet none;
  EXPECT_EQ(groups.Join(&none, CpuId(3)), 0u);
  EXPECT_EQ(groups.cpus(0), nullptr);
  EXPECT_FALSE(groups.any_restricted());
  groups.Leave(0);
}

TEST(AffinityGroups, CountsUnrestrictedTasksOfEachDomainAsOneGroup) {
  AffinityGroups groups(kCpus);
  Numbers by_cpu(kCpus);
  std::iota(by_cpu.rbegin(), by_cpu.rend(), 0);
  groups.SetDomains(by_cpu);
  EXPECT_EQ(groups.domains(), uint32_t{kCpus});
  const CpuSet pin = SetOf({15});
  EXPECT_EQ(groups.Join(nullptr, CpuId(0)), uint32_t{kCpus - 1});
  EXPECT_EQ(groups.Join(nullptr, CpuId(kCpus - 1)), 0u);
  EXPECT_EQ(groups.Join(nullptr, CpuId::None()), 0u);
  EXPECT_EQ(groups.cpus(kCpus - 1), nullptr);
  EXPECT_GE(groups.Join(&pin, CpuId(15)), groups.domains()) << "the domain does not count";
  EXPECT_EQ(Restricted(groups).size(), 1u);
}

TEST(AffinityGroups, GivesEqualSetsTheSameNumber) {
  AffinityGroups groups(kCpus);
  const CpuSet left = SetOf({0, 1}), right = SetOf({1, 2}), last = SetOf({15});
  const uint32_t a = groups.Join(&left, CpuId(0));
  const uint32_t b = groups.Join(&right, CpuId(1));
  const uint32_t c = groups.Join(&last, CpuId::None());
  EXPECT_EQ(groups.Join(&left, CpuId(1)), a);
  EXPECT_EQ(groups.Join(&last, CpuId(15)), c);
  EXPECT_NE(a, b);
  EXPECT_EQ(*groups.cpus(a), left);
  EXPECT_EQ(*groups.cpus(b), right);
  EXPECT_EQ(*groups.cpus(c), last);
  EXPECT_EQ(Restricted(groups), (Numbers{c, a, b}));
}

TEST(AffinityGroups, ForgetsASetWithItsLastMember) {
  AffinityGroups groups(kCpus);
  const CpuSet left = SetOf({0, 1}), right = SetOf({2, 3}), pin = SetOf({4});
  const uint32_t a = groups.Join(&left, CpuId(0));
  const uint32_t b = groups.Join(&pin, CpuId(4));
  groups.Join(&left, CpuId(0));
  groups.Leave(a);
  EXPECT_EQ(Restricted(groups), (Numbers{b, a}));
  groups.Leave(a);
  EXPECT_EQ(Restricted(groups), Numbers{b});
  EXPECT_EQ(groups.Join(&right, CpuId(2)), a);  // the number is free again
  EXPECT_EQ(*groups.cpus(a), right);
}

TEST(AffinityGroups, LeadsToTheGroupsOfACpu) {
  AffinityGroups groups(kCpus);
  const CpuSet left = SetOf({0, 1}), right = SetOf({1, 2}), pin = SetOf({1}), other = SetOf({7});
  const uint32_t a = groups.Join(&left, CpuId(0));
  const uint32_t b = groups.Join(&right, CpuId(1));
  const uint32_t c = groups.Join(&pin, CpuId(1));
  groups.Join(&other, CpuId(7));
  EXPECT_EQ(Meeting(groups, SetOf({1})), (Numbers{c, a, b}));
  EXPECT_EQ(Meeting(groups, SetOf({2, 9})), Numbers{b});
  EXPECT_EQ(Meeting(groups, SetOf({9})), Numbers{});
  Numbers with;
  groups.ForEachWith(CpuId(0), [&](uint32_t group) { with.push_back(group); });
  groups.ForEachWith(CpuId::None(), [&](uint32_t group) { with.push_back(group); });
  EXPECT_EQ(with, Numbers{a});
  groups.Leave(b);
  EXPECT_EQ(Meeting(groups, SetOf({1, 2})), (Numbers{c, a}));
}

TEST(AffinityGroups, KnowsASetWithoutMembersUntilAnotherTakesItsPlace) {
  AffinityGroups groups(kCpus);
  const CpuSet left = SetOf({0, 1}), right = SetOf({2, 3}), third = SetOf({4, 5});
  const uint32_t a = groups.Join(&left, CpuId(0));
  const uint32_t b = groups.Join(&right, CpuId(2));
  groups.Leave(a);
  groups.Leave(b);
  EXPECT_EQ(groups.Join(&right, CpuId(2)), b) << "although the other is free as well";
  EXPECT_EQ(groups.Join(&third, CpuId(4)), a);
  EXPECT_EQ(Meeting(groups, SetOf({0, 4})), Numbers{a});
  EXPECT_EQ(Meeting(groups, SetOf({0, 1})), Numbers{}) << "of the former set";
}

// Distinct sets of two CPUs: 16 * 15 / 2 of them.
std::vector<CpuSet> Pairs() {
  std::vector<CpuSet> pairs;
  for (int a = 0; a < kCpus; ++a) {
    for (int b = a + 1; b < kCpus; ++b) pairs.push_back(SetOf({a, b}));
  }
  return pairs;
}

TEST(AffinityGroups, WaitsForOneCpuWhenSetsAreTooMany) {
  AffinityGroups groups(kCpus);
  const std::vector<CpuSet> pairs = Pairs();
  for (int i = 0; i < AffinityGroups::kSharedSets; ++i) {
    EXPECT_EQ(*groups.cpus(groups.Join(&pairs[i], CpuId::None())), pairs[i]);
  }
  const CpuSet& more = pairs.back();  // 14, 15
  EXPECT_EQ(*groups.cpus(groups.Join(&more, CpuId(15))), SetOf({15}));
  EXPECT_EQ(*groups.cpus(groups.Join(&more, CpuId(0))), SetOf({14}));
  EXPECT_EQ(*groups.cpus(groups.Join(&pairs[0], CpuId(0))), pairs[0]);
}

TEST(AffinityGroupsDeathTest, RefusesMisuse) {
  AffinityGroups groups(kCpus);
  const CpuSet beyond = SetOf({kCpus});
  EXPECT_DEATH(groups.Join(&beyond, CpuId(0)), "beyond max_cpus");
  EXPECT_DEATH(groups.Leave(groups.limit() - 1), "no members");
  EXPECT_DEATH(groups.SetDomains(Numbers(kCpus + 1)), "beyond max_cpus");
  EXPECT_DEATH(groups.SetDomains(Numbers{kCpus}), "more domains than CPUs");
}

}  // namespace
}  // namespace scxx
