// SPDX-License-Identifier: Apache-2.0
//
// What a running scheduler shows of its figures: one line a second, and a summary at the end.
//
//   const Readings now = Collect();
//   std::puts(FormatLiveLine(now, a_second_ago, Seconds(1)).c_str());
//
// prints: queued 12  dispatched 3  custody 15  running 4 | 81.3k decisions/s | seen 2.0us/14us
//   decided 3.1us/20us (p50/p99) | page faults 0  fallbacks 0          (in one line)
//
// The latencies are those of a task's stages on its way from enqueued to running, in the order of
// the figures. Plain functions of their arguments; safe from every thread.

#ifndef SCXX_FRAMEWORK_STATS_LIVE_H_
#define SCXX_FRAMEWORK_STATS_LIVE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/stats/figures.h"

namespace scxx {

// Rates and percentiles are those of the time between the two.
std::string FormatLiveLine(const Readings& now, const Readings& before, Nanos interval);

// Several lines on the whole run, each ending in a newline.
std::string FormatSummary(const Readings& total, Nanos elapsed);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_LIVE_H_
