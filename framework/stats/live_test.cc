// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/live.h"

#include "framework/base/units.h"
#include "framework/stats/histogram.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

HistogramSnapshot Of(Nanos duration, int n) {
  HistogramSnapshot snapshot;
  snapshot.Add(HistogramBuckets::IndexOf(duration), n);
  return snapshot;
}

TEST(FormatLiveLine, ShowsTheLastInterval) {
  LiveFigures before{.decisions = 1'000, .stages = {{"seen", Of(Seconds(1), 100)}}};
  LiveFigures now{.queued = 12,
                  .dispatched = 3,
                  .custody = 15,
                  .running = 4,
                  .decisions = 5'000,
                  .page_faults = 1,
                  .fallbacks = 2,
                  .stages = {{"seen", Of(Seconds(1), 100)}, {"decided", Of(Nanos(3), 5)}}};
  EXPECT_EQ(FormatLiveLine(now, before, Seconds(2)),
            "queued 12  dispatched 3  custody 15  running 4 | 2.00k decisions/s |"
            " seen - decided 3ns/3ns (p50/p99) | page faults 1  fallbacks 2");
}

TEST(FormatLiveLine, HasNoRateWithoutAnInterval) {
  EXPECT_NE(FormatLiveLine({.decisions = 5}, {}, Nanos::Zero()).find(" 0 decisions/s"),
            std::string::npos);
}

TEST(FormatSummary, CoversTheWholeRun) {
  LiveFigures total{.decisions = 30'000, .fallbacks = 7, .stages = {{"seen", Of(Nanos(3), 5)}}};
  EXPECT_EQ(FormatSummary(total, Seconds(10)),
            "ran for 10.0s: 30000 decisions, 3.00k/s\n"
            "latency from enqueued to seen 3ns/3ns (p50/p99)\n"
            "page faults 0, kernel fallbacks 7\n");
}

}  // namespace
}  // namespace scxx
