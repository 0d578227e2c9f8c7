// SPDX-License-Identifier: Apache-2.0
#include "tools/load/affinity.h"

#include <gtest/gtest.h>

namespace scxx::load {
namespace {

TEST(AffinityTest, AScopeRestrictsAndRestores) {
  const CpuSet before = AllowedCpus();
  ASSERT_FALSE(before.empty());
  {
    const ScopedAffinity scope(CpuSet::Only(before.First()));
    EXPECT_TRUE(scope.status().ok());
    EXPECT_EQ(AllowedCpus(), CpuSet::Only(before.First()));
  }
  EXPECT_EQ(AllowedCpus(), before);
}

TEST(AffinityTest, AnEmptySetChangesNothing) {
  const CpuSet before = AllowedCpus();
  const ScopedAffinity scope({});
  EXPECT_TRUE(scope.status().ok());
  EXPECT_EQ(AllowedCpus(), before);
}

TEST(AffinityTest, CpusThatAreNotThereAreRefusedByName) {
  const ScopedAffinity scope(CpuSet::Only(CpuId(kMaxCpus - 1)));
  EXPECT_EQ(scope.status().message().find("--cpus=1023: none of these is usable"), 0u);
}

TEST(AffinityTest, AMissingTaskHasNone) {
  EXPECT_TRUE(AllowedCpus(999'999'999).empty());
  EXPECT_FALSE(SetAllowedCpus(999'999'999, CpuSet::Only(CpuId(0))));
}

}  // namespace
}  // namespace scxx::load
