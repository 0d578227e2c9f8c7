// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/histogram.h"

#include <cstddef>
#include <cstdint>

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(HistogramBuckets, FollowEachOtherWithoutGaps) {
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    Nanos limit = HistogramBuckets::LimitOf(i);
    ASSERT_EQ(HistogramBuckets::IndexOf(limit), i);
    if (limit < Nanos::Max()) {
      ASSERT_EQ(HistogramBuckets::IndexOf(limit + Nanos(1)), i + 1);
    }
  }
}

TEST(HistogramBuckets, HoldEveryDuration) {
  EXPECT_EQ(HistogramBuckets::LimitOf(HistogramBuckets::kCount - 1), Nanos::Max());
  EXPECT_EQ(HistogramBuckets::IndexOf(Nanos(-5)), 0u);
  EXPECT_EQ(HistogramBuckets::IndexOf(Nanos::Zero()), 0u);
}

TEST(HistogramBuckets, AreAtMostAQuarterWide) {
  for (int64_t value = 1; value < 1'000'000'000; value = value * 9 / 8 + 1) {
    Nanos limit = HistogramBuckets::LimitOf(HistogramBuckets::IndexOf(Nanos(value)));
    ASSERT_GE(limit, Nanos(value));
    ASSERT_LE(limit.count(), value + value / 4);
  }
}

TEST(Histogram, EstimatesPercentilesFromAbove) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.Record(Micros(i));
  HistogramSnapshot snapshot = histogram.Read();
  EXPECT_EQ(snapshot.count(), 1000u);
  EXPECT_GE(snapshot.Percentile(50), Micros(500));
  EXPECT_LE(snapshot.Percentile(50), Micros(625));
  EXPECT_GE(snapshot.Percentile(99), Micros(990));
  EXPECT_GE(snapshot.Percentile(100), Micros(1000));
  EXPECT_LE(snapshot.Percentile(100), Micros(1250));
}

TEST(Histogram, SeesARareLongDuration) {
  Histogram histogram;
  for (int i = 0; i < 99; ++i) histogram.Record(Nanos(3));
  histogram.Record(Seconds(1));
  EXPECT_EQ(histogram.Read().Percentile(99), Nanos(3));
  EXPECT_GE(histogram.Read().Percentile(99.5), Seconds(1));
}

TEST(Histogram, HasNoPercentileWhenEmpty) {
  EXPECT_EQ(Histogram().Read().Percentile(99), Nanos::Zero());
}

TEST(Histogram, SubtractsAnEarlierSnapshot) {
  Histogram histogram;
  histogram.Record(Seconds(1));
  HistogramSnapshot earlier = histogram.Read();
  histogram.Record(Nanos(2));
  HistogramSnapshot since = histogram.Read().Since(earlier);
  EXPECT_EQ(since.count(), 1u);
  EXPECT_EQ(since.Percentile(100), Nanos(2));
}

TEST(HistogramDeathTest, RefusesAPercentileThatIsNone) {
  EXPECT_DEATH(HistogramSnapshot().Percentile(0), "percentile");
  EXPECT_DEATH(HistogramSnapshot().Percentile(101), "percentile");
}

}  // namespace
}  // namespace scxx
