// SPDX-License-Identifier: Apache-2.0

#include "framework/base/cpu.h"

#include <sstream>

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(CpuId, IsNoCpuUnlessGivenANumber) {
  EXPECT_EQ(CpuId(), CpuId::None());
  EXPECT_FALSE(CpuId::None().IsCpu());
  EXPECT_FALSE(CpuId::Any().IsCpu());
  EXPECT_NE(CpuId::None(), CpuId::Any());
  EXPECT_TRUE(CpuId(0).IsCpu());
  EXPECT_EQ(CpuId(7).value(), 7);
}

TEST(CpuId, Prints) {
  std::ostringstream out;
  out << CpuId(3) << ' ' << CpuId::Any() << ' ' << CpuId::None();
  EXPECT_EQ(out.str(), "cpu3 cpu:any cpu:none");
}

}  // namespace
}  // namespace scxx
