// SPDX-License-Identifier: Apache-2.0

#include "framework/base/duration.h"

#include "absl/time/time.h"
#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Duration, ConvertsBothWays) {
  EXPECT_EQ(FromDuration(absl::Milliseconds(5)), Millis(5));
  EXPECT_EQ(ToDuration(Micros(-3)), absl::Microseconds(-3));
}

TEST(Duration, SaturatesAtInfinity) {
  EXPECT_EQ(FromDuration(absl::InfiniteDuration()), Nanos::Max());
}

TEST(Duration, DropsFractionsOfANanosecond) {
  EXPECT_EQ(FromDuration(absl::Nanoseconds(7) / 2), Nanos(3));
}

}  // namespace
}  // namespace scxx
