// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/live.h"
#include "absl/strings/string_view.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "framework/base/units.h"
#include "framework/stats/figures.h"
#include "framework/stats/histogram.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

HistogramSnapshot Of(Nanos duration, int n) {
  HistogramSnapshot snapshot;
  snapshot.Add(HistogramBuckets::IndexOf(duration), n);
  return snapshot;
}

struct Stage {
  absl::string_view name;
  HistogramSnapshot latency;
};

Readings Read(const std::vector<std::pair<absl::string_view, uint64_t>>& numbers,
              const std::vector<Stage>& stages = {}) {
  Readings readings;
  for (const auto& [name, value] : numbers) readings.Add({.name = name}, value);
  for (const Stage& stage : stages) {
    readings.Add({.name = stage.name, .kind = FigureKind::kHistogram}, stage.latency);
  }
  return readings;
}

TEST(FormatLiveLine, ShowsTheLastInterval) {
  const Readings before = Read({{"engine_decisions", 1'000}}, {{"seen", Of(Seconds(1), 100)}});
  const Readings now = Read({{"engine_queued", 12},
                             {"custody", 15},
                             {"running", 4},
                             {"engine_decisions", 5'000},
                             {"page_faults", 1},
                             {"fallbacks", 2}},
                            {{"seen", Of(Seconds(1), 100)}, {"decided", Of(Nanos(3), 5)}});
  EXPECT_EQ(FormatLiveLine(now, before, Seconds(2)),
            "queued 12  dispatched 3  custody 15  running 4 | 2.00k decisions/s |"
            " seen - decided 3ns/3ns (p50/p99) | page faults 1  fallbacks 2");
}

TEST(FormatLiveLine, SaysHowManyLimitsAreIgnoredIfAny) {
  EXPECT_NE(
      FormatLiveLine(Read({{"limits_ignored", 3}}), {}, Seconds(1)).find("  limits ignored 3"),
      std::string::npos);
  EXPECT_EQ(FormatLiveLine(Read({{"limits_ignored", 0}}), {}, Seconds(1)).find("ignored"),
            std::string::npos);
}

TEST(FormatLiveLine, SaysHowManyHaveNoSlotIfAny) {
  EXPECT_NE(FormatLiveLine(Read({{"slotless", 12}}), {}, Seconds(1))
                .find("  without a slot 12 (raise --max_tasks)"),
            std::string::npos);
  EXPECT_EQ(FormatLiveLine(Read({{"slotless", 0}}), {}, Seconds(1)).find("slot"),
            std::string::npos);
}

TEST(FormatLiveLine, HoldsNoMoreThanIsInCustody) {
  const Readings now = Read({{"engine_queued", 9}, {"custody", 2}});
  EXPECT_EQ(FormatLiveLine(now, {}, Seconds(1)).substr(0, 34),
            "queued 2  dispatched 0  custody 2 ");
}

TEST(FormatLiveLine, HasNoRateWithoutAnInterval) {
  EXPECT_NE(
      FormatLiveLine(Read({{"engine_decisions", 5}}), {}, Nanos::Zero()).find(" 0 decisions/s"),
      std::string::npos);
}

TEST(FormatSummary, CoversTheWholeRun) {
  const Readings total =
      Read({{"engine_decisions", 30'000}, {"fallbacks", 7}}, {{"seen", Of(Nanos(3), 5)}});
  EXPECT_EQ(FormatSummary(total, Seconds(10)),
            "ran for 10.0s: 30000 decisions, 3.00k/s\n"
            "latency from enqueued to seen 3ns/3ns (p50/p99)\n"
            "page faults 0, kernel fallbacks 7\n");
}

TEST(FormatSummary, SaysWhoWasWithoutASlot) {
  const std::string summary = FormatSummary(Read({{"no_slot", 300}, {"slotless", 2}}), Seconds(1));
  EXPECT_NE(summary.find("no slot for 2 tasks at the end, in 300 waits so far"), std::string::npos);
  EXPECT_NE(summary.find("raise --max_tasks"), std::string::npos);
}

}  // namespace
}  // namespace scxx
