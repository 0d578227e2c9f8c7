// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/live.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/stats/format.h"

namespace scxx {
namespace {

double PerSecond(uint64_t n, Nanos interval) {
  if (interval <= Nanos::Zero()) return 0;
  return static_cast<double>(n) * 1e9 / static_cast<double>(interval.count());
}

// "seen 2.05us/14.3us"
std::string FormatStage(absl::string_view name, const HistogramSnapshot& latency) {
  std::string figures = "-";
  if (latency.count() != 0) {
    figures =
        absl::StrCat(FormatNanos(latency.Percentile(50)), "/", FormatNanos(latency.Percentile(99)));
  }
  return absl::StrCat(name, " ", figures);
}

// The stage's latency since `before`, which may not know the stage yet.
HistogramSnapshot SinceThen(const StageLatency& stage, const LiveFigures& before) {
  for (const StageLatency& earlier : before.stages) {
    if (earlier.name == stage.name) return stage.latency.Since(earlier.latency);
  }
  return stage.latency;
}

}  // namespace

std::string FormatLiveLine(const LiveFigures& now, const LiveFigures& before, Nanos interval) {
  std::string line = absl::StrFormat("queued %d  dispatched %d  custody %d  running %d", now.queued,
                                     now.dispatched, now.custody, now.running);
  double rate = PerSecond(now.decisions - before.decisions, interval);
  absl::StrAppend(&line, " | ", FormatCount(rate), " decisions/s |");
  for (const StageLatency& stage : now.stages) {
    absl::StrAppend(&line, " ", FormatStage(stage.name, SinceThen(stage, before)));
  }
  absl::StrAppend(&line, " (p50/p99) | page faults ", now.page_faults, "  fallbacks ",
                  now.fallbacks);
  return line;
}

std::string FormatSummary(const LiveFigures& total, Nanos elapsed) {
  std::string text =
      absl::StrFormat("ran for %s: %d decisions, %s/s\n", FormatNanos(elapsed), total.decisions,
                      FormatCount(PerSecond(total.decisions, elapsed)));
  for (const StageLatency& stage : total.stages) {
    absl::StrAppend(&text, "latency from enqueued to ", FormatStage(stage.name, stage.latency),
                    " (p50/p99)\n");
  }
  absl::StrAppend(&text, "page faults ", total.page_faults, ", kernel fallbacks ", total.fallbacks,
                  "\n");
  return text;
}

}  // namespace scxx
