// SPDX-License-Identifier: Apache-2.0

#include "framework/topology/topology.h"

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Topology, SyntheticMachineIsEven) {
  Topology t = Topology::Synthetic(
      {.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 3, .threads_per_core = 2});
  EXPECT_EQ(t.max_cpus(), 24);
  EXPECT_EQ(t.online(), CpuSet::FirstN(24));
  EXPECT_EQ(t.cores().sets().size(), 12u);
  EXPECT_EQ(t.llcs().sets().size(), 4u);
  EXPECT_EQ(t.nodes().sets().size(), 2u);
}

TEST(Topology, FindsTheGroupsOfACpu) {
  Topology t = Topology::Synthetic({.nodes = 2, .cores_per_llc = 2, .threads_per_core = 2});
  CpuId cpu(5);
  EXPECT_EQ(t.cores().Of(cpu).First(), CpuId(4));
  EXPECT_EQ(t.cores().Of(cpu).size(), 2);
  EXPECT_EQ(t.llcs().Of(cpu), t.nodes().Of(cpu));
  EXPECT_EQ(t.nodes().IndexOf(cpu), 1);
}

TEST(Topology, HasNoGroupForACpuItDoesNotKnow) {
  Topology t = Topology::Synthetic({});
  for (CpuId cpu : {CpuId(1), CpuId::None(), CpuId::Any()}) {
    EXPECT_TRUE(t.cores().Of(cpu).empty());
    EXPECT_EQ(t.llcs().IndexOf(cpu), -1);
  }
}

TEST(CpuGroups, RefusesAnOverlap) {
  CpuGroups groups;
  EXPECT_TRUE(groups.Add(CpuSet::FirstN(2)));
  EXPECT_FALSE(groups.Add(CpuSet::FirstN(3)));
  EXPECT_EQ(groups.sets().size(), 1u);
  EXPECT_TRUE(groups.Of(CpuId(2)).empty());
}

TEST(TopologyDeathTest, SyntheticMachineFitsIntoTheLimit) {
  EXPECT_DEATH(Topology::Synthetic({.nodes = 0}), "spec.nodes > 0");
  EXPECT_DEATH(Topology::Synthetic({.nodes = 2, .cores_per_llc = 1000}), "2000 vs. 1024");
}

TEST(Topology, ACpuOfWhichNothingIsKnownIsACacheOfItsOwn) {
  const Topology t = Topology::Synthetic({.cores_per_llc = 2}).WithPossible(8);
  const Topology more = t.WithOnline(CpuSet::FirstN(1) | CpuSet::Only(CpuId(5)));
  EXPECT_EQ(more.llcs().Of(CpuId(5)), CpuSet::Only(CpuId(5)));
  EXPECT_EQ(more.cores().sets().size(), 2u);
  EXPECT_EQ(more.nodes().sets().size(), 2u);
}

}  // namespace
}  // namespace scxx
