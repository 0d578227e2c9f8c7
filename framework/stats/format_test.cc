// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/format.h"

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(FormatNanos, PicksTheUnit) {
  EXPECT_EQ(FormatNanos(Nanos(0)), "0ns");
  EXPECT_EQ(FormatNanos(Nanos(850)), "850ns");
  EXPECT_EQ(FormatNanos(Nanos(1'234)), "1.23us");
  EXPECT_EQ(FormatNanos(Micros(12)), "12.0us");
  EXPECT_EQ(FormatNanos(Micros(456'789)), "457ms");
  EXPECT_EQ(FormatNanos(Seconds(90)), "90.0s");
  EXPECT_EQ(FormatNanos(Millis(-5)), "-5.00ms");
}

TEST(FormatNanos, NeverShowsFourDigits) {
  EXPECT_EQ(FormatNanos(Nanos(999'999)), "1.00ms");
  EXPECT_EQ(FormatNanos(Nanos(9'996)), "10.0us");
  EXPECT_EQ(FormatNanos(Nanos(99'960)), "100us");
}

TEST(FormatCount, PicksTheUnit) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(950), "950");
  EXPECT_EQ(FormatCount(81'300), "81.3k");
  EXPECT_EQ(FormatCount(1.2e6), "1.20M");
}

}  // namespace
}  // namespace scxx
