// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/fair_options.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/units.h"
#include "framework/policy/fair/core/fair_params.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(ParamsFrom, TakesEveryOption) {
  const FairParams params = ParamsFrom({.slice = absl::Milliseconds(3),
                                        .slice_min = absl::Milliseconds(2),
                                        .period = absl::Milliseconds(20),
                                        .bound = absl::Milliseconds(7),
                                        .margin = absl::Microseconds(300),
                                        .gap = absl::Microseconds(200),
                                        .max_wait = absl::Milliseconds(700),
                                        .tick = absl::Milliseconds(10),
                                        .percpu_local = true})
                                .value();
  EXPECT_EQ(params.slice_max, Millis(3));
  EXPECT_EQ(params.slice_min, Millis(2));
  EXPECT_EQ(params.period, Millis(20));
  EXPECT_EQ(params.bound, Millis(7));
  EXPECT_EQ(params.margin, Micros(300));
  EXPECT_EQ(params.gap, Micros(200));
  EXPECT_EQ(params.age, Millis(700));
  EXPECT_EQ(params.tick, Millis(10));
  EXPECT_TRUE(params.percpu_local);
}

TEST(ParamsFrom, HasTheDefaultsOfTheParams) {
  const FairParams params = ParamsFrom({}).value();
  const FairParams defaults;
  EXPECT_EQ(params.slice_max, defaults.slice_max);
  EXPECT_EQ(params.slice_min, defaults.slice_min);
  EXPECT_EQ(params.period, defaults.period);
  EXPECT_EQ(params.bound, defaults.bound);
  EXPECT_EQ(params.margin, defaults.margin);
  EXPECT_EQ(params.gap, defaults.gap);
  EXPECT_EQ(params.age, defaults.age);
  EXPECT_EQ(params.tick, defaults.tick);
  EXPECT_EQ(params.percpu_local, defaults.percpu_local);
}

std::string ErrorOf(const FairOptions& options) {
  const absl::StatusOr<FairParams> params = ParamsFrom(options);
  EXPECT_EQ(params.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(params.status().message());
}

TEST(ParamsFrom, NamesTheOptionThatIsOutOfRange) {
  EXPECT_EQ(ErrorOf({.slice = absl::Seconds(2)}),
            "slice=2s is out of range: choose it from 100us to 1s");
  EXPECT_EQ(ErrorOf({.slice_min = absl::Milliseconds(5)}),
            "slice_min=5ms is out of range: choose it from 100us to 4ms");
  EXPECT_EQ(ErrorOf({.period = absl::InfiniteDuration()}),
            "period=inf is out of range: choose it from 100us to 1s");
  EXPECT_EQ(ErrorOf({.bound = absl::Milliseconds(-1)}),
            "bound=-1ms is out of range: choose it from 0 to 100ms");
  EXPECT_EQ(ErrorOf({.margin = absl::Seconds(1)}),
            "margin=1s is out of range: choose it from 0 to 100ms");
  EXPECT_EQ(ErrorOf({.gap = absl::Milliseconds(11)}),
            "gap=11ms is out of range: choose it from 0 to 10ms");
  EXPECT_EQ(ErrorOf({.max_wait = absl::Milliseconds(9)}),
            "max_wait=9ms is out of range: choose it from 10ms to 850ms");
  EXPECT_EQ(ErrorOf({.tick = absl::Milliseconds(11)}),
            "tick=11ms is out of range: choose it from 0 to 10ms");
}

}  // namespace
}  // namespace scxx
