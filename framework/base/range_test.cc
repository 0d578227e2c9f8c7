// SPDX-License-Identifier: Apache-2.0

#include "framework/base/range.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(CheckRange, BothEndsBelongToIt) {
  EXPECT_EQ(CheckRange("slice", absl::Seconds(1), absl::Seconds(1), absl::Seconds(2)),
            absl::OkStatus());
  EXPECT_EQ(CheckRange("slice", absl::Seconds(2), absl::Seconds(1), absl::Seconds(2)),
            absl::OkStatus());
  EXPECT_EQ(CheckRange("cpus", 1, 1, 64), absl::OkStatus());
  EXPECT_EQ(CheckRange("cpus", 64, 1, 64), absl::OkStatus());
}

TEST(CheckRange, NamesTheOptionTheValueAndTheRange) {
  EXPECT_EQ(CheckRange("slice", absl::Seconds(2), absl::Microseconds(100), absl::Seconds(1)),
            absl::InvalidArgumentError("slice=2s is out of range: choose it from 100us to 1s"));
  EXPECT_EQ(CheckRange("cpus", 65, 1, 64),
            absl::InvalidArgumentError("cpus=65 is out of range: choose it from 1 to 64"));
}

TEST(CheckRange, SaysTheUnit) {
  EXPECT_EQ(
      CheckRange("memory", 64, 128, 1024, "MiB"),
      absl::InvalidArgumentError("memory=64 MiB is out of range: choose it from 128 to 1024 MiB"));
}

TEST(CheckRange, ARangeWithoutAnEnd) {
  EXPECT_EQ(
      CheckRange("duration", -absl::Seconds(1), absl::ZeroDuration(), absl::InfiniteDuration()),
      absl::InvalidArgumentError("duration=-1s is out of range: choose at least 0"));
  EXPECT_EQ(CheckRange("duration", absl::InfiniteDuration(), absl::ZeroDuration(),
                       absl::InfiniteDuration()),
            absl::OkStatus());
}

TEST(CheckRange, UnsignedOptionsAreNumbersToo) {
  EXPECT_FALSE(CheckRange("tasks", uint32_t{4'294'967'295}, 64, 4 << 20).ok());
}

}  // namespace
}  // namespace scxx
