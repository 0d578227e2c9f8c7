// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/figures.h"

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr Figure kDecisions = {"decisions", "tasks", FigureKind::kCounter, "Decisions made"};
constexpr Figure kQueued = {"queued", "tasks", FigureKind::kGauge, "Tasks that wait"};
constexpr Figure kSeen = {"seen", "ns", FigureKind::kHistogram, "Until seen"};

HistogramSnapshot Once(Nanos duration) {
  HistogramSnapshot snapshot;
  snapshot.Add(HistogramBuckets::IndexOf(duration), 1);
  return snapshot;
}

TEST(Readings, KeepTheOrderAndFindByName) {
  Readings readings;
  readings.Add(kQueued, 5);
  Readings others;
  others.Add(kDecisions, 3);
  others.Add(kSeen, Once(Nanos(3)));
  readings.Append(others);
  ASSERT_EQ(readings.numbers().size(), 2u);
  EXPECT_EQ(readings.numbers()[0].figure.name, "queued");
  EXPECT_EQ(readings.numbers()[1].value, 3u);
  EXPECT_EQ(readings.Value("queued"), 5u);
  ASSERT_NE(readings.Latency("seen"), nullptr);
  EXPECT_EQ(readings.Latency("seen")->count(), 1u);
}

TEST(Readings, WhatAMachineDoesNotHaveIsZero) {
  EXPECT_EQ(Readings().Value("page_faults"), 0u);
  EXPECT_EQ(Readings().Latency("seen"), nullptr);
}

TEST(ReadingsDeathTest, RefuseANameTwice) {
  Readings readings;
  readings.Add(kDecisions, 1);
  EXPECT_DEATH(readings.Add(kDecisions, 1), "two figures have one name");
}

TEST(ReadingsDeathTest, RefuseAHistogramAsANumber) {
  EXPECT_DEATH(Readings().Add(kSeen, 1), "a histogram is no number");
}

TEST(FormatFigures, HasALineEach) {
  Readings readings;
  readings.Add(kDecisions, 3);
  readings.Add(kQueued, 5);
  EXPECT_EQ(FormatFigures(readings),
            "counter decisions 3 tasks: Decisions made\ngauge queued 5 tasks: Tasks that wait\n");
}

}  // namespace
}  // namespace scxx
