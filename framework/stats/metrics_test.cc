// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/metrics.h"

#include <vector>

#include "framework/stats/counter.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Metrics, ReadsEverySourceInOrder) {
  Counter counter;
  Gauge gauge;
  Metrics metrics;
  metrics.Add({"decisions", "tasks", "Decisions made"}, &counter);
  metrics.Add({"queued", "tasks", "Tasks that wait"}, &gauge);
  metrics.Add({"answer", "", "The answer"}, [] { return 42; });
  counter.Add(3);
  gauge.Set(5);
  std::vector<Metrics::Reading> readings = metrics.Read();
  ASSERT_EQ(readings.size(), 3u);
  EXPECT_EQ(readings[0].info.name, "decisions");
  EXPECT_EQ(readings[0].info.unit, "tasks");
  EXPECT_EQ(readings[0].value, 3u);
  EXPECT_EQ(readings[1].value, 5u);
  EXPECT_EQ(readings[2].value, 42u);
}

TEST(MetricsDeathTest, RefusesANameTwice) {
  Counter counter;
  Metrics metrics;
  metrics.Add({"a", "", ""}, &counter);
  EXPECT_DEATH(metrics.Add({"a", "", ""}, &counter), "two metrics have one name");
}

}  // namespace
}  // namespace scxx
