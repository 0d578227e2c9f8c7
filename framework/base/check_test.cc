// SPDX-License-Identifier: Apache-2.0

#include "framework/base/check.h"

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Check, LetsATrueConditionPass) {
  SCXX_CHECK(true);
  SCXX_CHECK_EQ(1, 1);
  SCXX_CHECK_LT(Nanos(1), Nanos(2), "ordered");
}

TEST(Check, EvaluatesItsArgumentsOnce) {
  int calls = 0;
  SCXX_CHECK_EQ(++calls, 1);
  SCXX_CHECK(++calls == 2);
  EXPECT_EQ(calls, 2);
}

TEST(CheckDeathTest, NamesPlaceConditionAndMeaning) {
  bool queued = false;
  EXPECT_DEATH(SCXX_CHECK(queued, "not runnable"),
               "check_test.cc:[0-9]+: CHECK failed: queued: not runnable\n");
}

TEST(CheckDeathTest, PrintsBothValues) {
  Nanos slice(-5);
  EXPECT_DEATH(SCXX_CHECK_GT(slice, Nanos::Zero(), "too small"),
               "slice > Nanos::Zero\\(\\) \\(-5ns vs. 0ns\\): too small");
  EXPECT_DEATH(SCXX_CHECK_EQ(2 + 2, 5), "2 \\+ 2 == 5 \\(4 vs. 5\\)");
}

#ifndef NDEBUG
TEST(CheckDeathTest, DebugChecksWorkInDebugBuilds) { EXPECT_DEATH(SCXX_DCHECK(1 > 2), "1 > 2"); }
#endif

}  // namespace
}  // namespace scxx
