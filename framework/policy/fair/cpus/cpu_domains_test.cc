// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_domains.h"

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using Distance = CpuDomains::Distance;

TEST(CpuDomains, IsOneDomainUntilToldOtherwise) {
  CpuDomains domains(4, Millis(4), Millis(8));
  EXPECT_EQ(domains.count(), 1u);
  EXPECT_FALSE(domains.several());
  EXPECT_EQ(domains.Of(CpuId(3)), 0u);
  const Topology one_cache = Topology::Synthetic({.cores_per_llc = 4});
  domains.Adopt(one_cache);
  EXPECT_FALSE(domains.several());
  EXPECT_EQ(domains.widest_margin(), Nanos::Zero());
}

TEST(CpuDomains, IsOneForEachCache) {
  const Topology machine =
      Topology::Synthetic({.nodes = 2, .llcs_per_node = 2, .cores_per_llc = 2});
  CpuDomains domains(8, Millis(4), Millis(8));
  domains.Adopt(machine);
  EXPECT_EQ(domains.count(), 4u);
  EXPECT_TRUE(domains.several());
  EXPECT_EQ(domains.widest_margin(), Millis(8));
  EXPECT_EQ(domains.Of(CpuId(1)), 0u);
  EXPECT_EQ(domains.Of(CpuId(7)), 3u);
  EXPECT_EQ(domains.Between(1, 1), Distance::kSame);
  EXPECT_EQ(domains.Between(0, 1), Distance::kNear);
  EXPECT_EQ(domains.Between(1, 2), Distance::kFar);
  EXPECT_EQ(domains.Margin(1, 1), Nanos::Zero());
  EXPECT_EQ(domains.Margin(0, 1), Millis(4));
  EXPECT_EQ(domains.Margin(1, 2), Millis(8));
  EXPECT_EQ(domains.Cpus(0), CpuSet::FirstN(2));
  EXPECT_EQ(domains.CpusOfNode(1), CpuSet::FirstN(4));
}

TEST(CpuDomains, KnowsCachesOfOneNode) {
  const Topology machine = Topology::Synthetic({.llcs_per_node = 2, .cores_per_llc = 2});
  CpuDomains domains(4, Millis(4), Millis(8));
  domains.Adopt(machine);
  EXPECT_TRUE(domains.several());
  EXPECT_EQ(domains.widest_margin(), Millis(4));
}

// What has never run has to belong somewhere.
TEST(CpuDomains, PutsTheHomelessIntoTheFirst) {
  const Topology machine = Topology::Synthetic({.llcs_per_node = 2, .cores_per_llc = 2});
  CpuDomains domains(8, Millis(4), Millis(8));
  domains.Adopt(machine);
  EXPECT_EQ(domains.Of(CpuId(2)), 1u);
  EXPECT_EQ(domains.Of(CpuId::None()), 0u);
  EXPECT_EQ(domains.Of(CpuId(7)), 0u) << "in no cache that is known";
}

}  // namespace
}  // namespace scxx
