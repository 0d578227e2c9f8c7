// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/live.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
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
HistogramSnapshot SinceThen(const LatencyReading& stage, const Readings& before) {
  const HistogramSnapshot* earlier = before.Latency(stage.figure.name);
  return earlier == nullptr ? stage.latency : stage.latency.Since(*earlier);
}

}  // namespace

std::string FormatLiveLine(const Readings& now, const Readings& before, Nanos interval) {
  // What user space holds and the policy does not is decided, and waits for its CPU.
  const uint64_t custody = now.Value("custody");
  const uint64_t queued = std::min(now.Value("engine_queued"), custody);
  std::string line = absl::StrFormat("queued %d  dispatched %d  custody %d  running %d", queued,
                                     custody - queued, custody, now.Value("running"));
  const double rate =
      PerSecond(now.Value("engine_decisions") - before.Value("engine_decisions"), interval);
  absl::StrAppend(&line, " | ", FormatCount(rate), " decisions/s |");
  for (const LatencyReading& stage : now.latencies()) {
    absl::StrAppend(&line, " ", FormatStage(stage.figure.name, SinceThen(stage, before)));
  }
  absl::StrAppend(&line, " (p50/p99) | page faults ", now.Value("page_faults"), "  fallbacks ",
                  now.Value("fallbacks"));
  if (const uint64_t ignored = now.Value("limits_ignored"); ignored != 0) {
    absl::StrAppend(&line, "  limits ignored ", ignored);
  }
  if (const uint64_t slotless = now.Value("slotless"); slotless != 0) {
    absl::StrAppend(&line, "  without a slot ", slotless, " (raise --max_tasks)");
  }
  return line;
}

std::string FormatSummary(const Readings& total, Nanos elapsed) {
  const uint64_t decisions = total.Value("engine_decisions");
  std::string text = absl::StrFormat("ran for %s: %d decisions, %s/s\n", FormatNanos(elapsed),
                                     decisions, FormatCount(PerSecond(decisions, elapsed)));
  for (const LatencyReading& stage : total.latencies()) {
    absl::StrAppend(&text, "latency from enqueued to ",
                    FormatStage(stage.figure.name, stage.latency), " (p50/p99)\n");
  }
  absl::StrAppend(&text, "page faults ", total.Value("page_faults"), ", kernel fallbacks ",
                  total.Value("fallbacks"), "\n");
  // Those that are alive at the end may be none of those that waited.
  if (const uint64_t waits = total.Value("no_slot"); waits != 0) {
    absl::StrAppend(&text, "no slot for ", total.Value("slotless"), " tasks at the end, in ", waits,
                    " waits so far: the policy does not see them, raise --max_tasks\n");
  }
  return text;
}

}  // namespace scxx
