// SPDX-License-Identifier: Apache-2.0
//
// What a running scheduler shows: one line a second, and a summary at the end.
//
//   LiveFigures now = Collect();
//   std::puts(FormatLiveLine(now, a_second_ago, Seconds(1)).c_str());
//
// prints: queued 12  dispatched 3  custody 15  running 4 | 81.3k decisions/s | seen 2.0us/14us
//   decided 3.1us/20us (p50/p99) | page faults 0  fallbacks 0          (in one line)
//
// Plain functions of their arguments; safe from every thread.

#ifndef SCXX_FRAMEWORK_STATS_LIVE_H_
#define SCXX_FRAMEWORK_STATS_LIVE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/stats/histogram.h"

namespace scxx {

// A stage on a task's way from enqueued to running, measured from the enqueue.
struct StageLatency {
  absl::string_view name;
  HistogramSnapshot latency;
};

struct LiveFigures {
  // As of now.
  uint64_t queued = 0;      // the policy holds them back
  uint64_t dispatched = 0;  // decided, and waiting for their CPU
  uint64_t custody = 0;     // in user space's hands, as the kernel side counts
  uint64_t running = 0;
  // Since the start.
  uint64_t decisions = 0;
  uint64_t page_faults = 0;  // of the scheduler, since it attached; should be 0
  uint64_t fallbacks = 0;    // tasks the kernel side dispatched because the scheduler was late
  std::vector<StageLatency> stages = {};
};

// Rates and percentiles are those of the time between the two.
std::string FormatLiveLine(const LiveFigures& now, const LiveFigures& before, Nanos interval);

// Several lines on the whole run, each ending in a newline.
std::string FormatSummary(const LiveFigures& total, Nanos elapsed);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_LIVE_H_
