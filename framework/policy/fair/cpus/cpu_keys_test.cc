// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_keys.h"

#include <cstdint>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class CpuKeysTest : public testing::Test {
 protected:
  CpuKeysTest() {
    keys_.Set(CpuId(1), Vtime(20));
    keys_.Set(CpuId(70), Vtime(10));
    keys_.Set(CpuId(99), Vtime(30));
  }

  bool OneBefore(uint64_t key) { return keys_.OneIsBefore(nullptr, Vtime(key)); }
  bool OneOfThePairBefore(uint64_t key) {
    CpuSet pair;
    pair.Add(CpuId(2));
    pair.Add(CpuId(99));
    return keys_.OneIsBefore(&pair, Vtime(key));
  }

  CpuKeys keys_{100};
};

TEST_F(CpuKeysTest, KnowsTheSmallestOfAll) {
  EXPECT_FALSE(OneBefore(10));
  EXPECT_TRUE(OneBefore(11));
}

TEST_F(CpuKeysTest, LooksAtTheCpusOfASet) {
  EXPECT_FALSE(OneOfThePairBefore(10));
  EXPECT_FALSE(OneOfThePairBefore(30));
  EXPECT_TRUE(OneOfThePairBefore(31));
}

TEST_F(CpuKeysTest, ComparesAcrossTheWrap) {
  keys_.Set(CpuId(99), Vtime(-uint64_t{5}));
  EXPECT_TRUE(OneOfThePairBefore(0));
  EXPECT_FALSE(OneOfThePairBefore(-uint64_t{5}));
}

TEST_F(CpuKeysTest, ForgetsAll) {
  keys_.Clear();
  EXPECT_FALSE(OneBefore(100));
  EXPECT_FALSE(OneOfThePairBefore(100));
}

}  // namespace
}  // namespace scxx
