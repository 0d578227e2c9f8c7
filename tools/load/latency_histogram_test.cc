// SPDX-License-Identifier: Apache-2.0
#include "tools/load/latency_histogram.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace scxx::load {
namespace {

TEST(HistogramTest, EmptyReadsAsZero) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Percentile(50'000), Nanos(0));
  EXPECT_EQ(histogram.mean(), Nanos(0));
  EXPECT_TRUE(histogram.Buckets().empty());
}

TEST(HistogramTest, SmallValuesAreExact) {
  LatencyHistogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.Record(Nanos(value));
  EXPECT_EQ(histogram.Percentile(1'000), Nanos(1));
  EXPECT_EQ(histogram.Percentile(50'000), Nanos(50));
  EXPECT_EQ(histogram.Percentile(99'000), Nanos(99));
  EXPECT_EQ(histogram.Percentile(99'900), Nanos(100));
  EXPECT_EQ(histogram.Percentile(100'000), Nanos(100));
  EXPECT_EQ(histogram.min(), Nanos(1));
  EXPECT_EQ(histogram.mean(), Nanos(50));
}

TEST(HistogramTest, BucketsAreAtMostASixtyFourthWide) {
  for (int64_t value = 1; value < int64_t{1} << 40; value = value * 3 + 1) {
    LatencyHistogram histogram;
    histogram.Record(Nanos(value));
    histogram.Record(Nanos(value * 2));  // So that max() does not clamp the answer.
    EXPECT_GE(histogram.Percentile(50'000), Nanos(value));
    EXPECT_LE(histogram.Percentile(50'000), Nanos(value + value / 64));
  }
}

TEST(HistogramTest, NeverAnswersMoreThanTheMaximum) {
  LatencyHistogram histogram;
  histogram.Record(Nanos(1'000'001));
  EXPECT_EQ(histogram.Percentile(99'000), Nanos(1'000'001));
}

TEST(HistogramTest, OutOfRangeValuesCountInTheEndBuckets) {
  LatencyHistogram histogram;
  histogram.Record(Nanos(-5));
  histogram.Record(Nanos(INT64_MAX / 4));
  EXPECT_EQ(histogram.count(), 2);
  EXPECT_EQ(histogram.min(), Nanos(0));
  EXPECT_EQ(histogram.max(), Nanos(INT64_MAX / 4));
}

TEST(HistogramTest, MergeIsRecordingIntoOne) {
  LatencyHistogram a, b, both;
  for (int value : {5, 700, 90'000}) a.Record(Nanos(value)), both.Record(Nanos(value));
  for (int value : {1, 800'000}) b.Record(Nanos(value)), both.Record(Nanos(value));
  a.Merge(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.min(), Nanos(1));
  EXPECT_EQ(a.max(), Nanos(800'000));
  EXPECT_EQ(a.mean(), both.mean());
  EXPECT_EQ(a.Buckets(), both.Buckets());
}

}  // namespace
}  // namespace scxx::load
