// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/ring_forecast.h"

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(RingForecast, SumsWhatWaits) {
  RingForecast forecast(2);
  forecast.Placed(0, Micros(100));
  forecast.Placed(0, Micros(50));
  forecast.Placed(1, Micros(7));
  EXPECT_EQ(forecast.ahead(0), Micros(150));
  EXPECT_EQ(forecast.ahead(1), Micros(7));
  forecast.TakenUpTo(0, 1);
  EXPECT_EQ(forecast.ahead(0), Micros(50));
  forecast.TakenUpTo(0, 2);
  EXPECT_EQ(forecast.ahead(0), Nanos::Zero());
}

TEST(RingForecast, OutlivesManyTimesItsRing) {
  RingForecast forecast(1);
  for (uint64_t i = 0; i < 3 * SCXX_DISPATCH_RING; ++i) {
    forecast.Placed(0, Nanos(static_cast<int64_t>(i)));
    forecast.TakenUpTo(0, i);
    EXPECT_EQ(forecast.ahead(0), Nanos(static_cast<int64_t>(i)));
  }
}

}  // namespace
}  // namespace scxx
