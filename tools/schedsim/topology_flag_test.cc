// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/topology_flag.h"

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(TopologyFlag, ANumberIsCpusThatShareACache) {
  const auto spec = ParseTopology("4");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->cores_per_llc, 4);
  EXPECT_EQ(CpusOf(*spec), 4);
}

TEST(TopologyFlag, FourNumbersAreNodesCachesCoresThreads) {
  const auto spec = ParseTopology("2x1x4x2");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->nodes, 2);
  EXPECT_EQ(spec->threads_per_core, 2);
  EXPECT_EQ(CpusOf(*spec), 16);
}

TEST(TopologyFlag, NonsenseIsRefused) {
  for (const char* text :
       {"", "0", "-1", "4x", "2x2", "1x1x1x1x1", "2000", "64x64x64x64", "four"}) {
    EXPECT_FALSE(ParseTopology(text).ok()) << text;
  }
}

}  // namespace
}  // namespace scxx
