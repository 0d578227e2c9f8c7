// SPDX-License-Identifier: Apache-2.0
#include "tools/load/histogram.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace scxx::load {
namespace {

TEST(HistogramTest, EmptyReadsAsZero) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Percentile(50'000), 0);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_TRUE(histogram.Buckets().empty());
}

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram histogram;
  for (int value = 1; value <= 100; ++value) histogram.Record(value);
  EXPECT_EQ(histogram.Percentile(1'000), 1);
  EXPECT_EQ(histogram.Percentile(50'000), 50);
  EXPECT_EQ(histogram.Percentile(99'000), 99);
  EXPECT_EQ(histogram.Percentile(99'900), 100);
  EXPECT_EQ(histogram.Percentile(100'000), 100);
  EXPECT_EQ(histogram.min(), 1);
  EXPECT_EQ(histogram.mean(), 50);
}

TEST(HistogramTest, BucketsAreAtMostASixtyFourthWide) {
  for (int64_t value = 1; value < int64_t{1} << 40; value = value * 3 + 1) {
    Histogram histogram;
    histogram.Record(value);
    histogram.Record(value * 2);  // So that max() does not clamp the answer.
    EXPECT_GE(histogram.Percentile(50'000), value);
    EXPECT_LE(histogram.Percentile(50'000), value + value / 64);
  }
}

TEST(HistogramTest, NeverAnswersMoreThanTheMaximum) {
  Histogram histogram;
  histogram.Record(1'000'001);
  EXPECT_EQ(histogram.Percentile(99'000), 1'000'001);
}

TEST(HistogramTest, OutOfRangeValuesCountInTheEndBuckets) {
  Histogram histogram;
  histogram.Record(-5);
  histogram.Record(INT64_MAX / 4);
  EXPECT_EQ(histogram.count(), 2);
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.max(), INT64_MAX / 4);
}

TEST(HistogramTest, MergeIsRecordingIntoOne) {
  Histogram a, b, both;
  for (int value : {5, 700, 90'000}) a.Record(value), both.Record(value);
  for (int value : {1, 800'000}) b.Record(value), both.Record(value);
  a.Merge(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.min(), 1);
  EXPECT_EQ(a.max(), 800'000);
  EXPECT_EQ(a.mean(), both.mean());
  EXPECT_EQ(a.Buckets(), both.Buckets());
}

}  // namespace
}  // namespace scxx::load
