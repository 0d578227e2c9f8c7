// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/hogs.h"

#include <gtest/gtest.h>

#include <vector>

namespace scxx::load {
namespace {

TEST(IdealSharesTest, OneCpuIsSharedByWeight) {
  const std::vector<double> shares = IdealShares({0, 0, 5}, 1);
  EXPECT_DOUBLE_EQ(shares[0], 1024.0 / (1024 + 1024 + 335));
  EXPECT_DOUBLE_EQ(shares[2], 335.0 / (1024 + 1024 + 335));
}

TEST(IdealSharesTest, NoHogUsesMoreThanOneCpu) {
  const std::vector<double> shares = IdealShares({-20, 0, 0}, 2);
  EXPECT_DOUBLE_EQ(shares[0], 0.5);
  EXPECT_DOUBLE_EQ(shares[1], 0.25);
  EXPECT_DOUBLE_EQ(shares[2], 0.25);
}

TEST(IdealSharesTest, EveryHogHasACpuWhenThereAreEnough) {
  for (const double share : IdealShares({0, 19}, 4)) EXPECT_DOUBLE_EQ(share, 0.5);
}

}  // namespace
}  // namespace scxx::load
