// SPDX-License-Identifier: Apache-2.0
// The rulers, and what each can honestly measure.
#ifndef SCXX_TOOLS_SCHEDBENCH_PLAN_MODE_H_
#define SCXX_TOOLS_SCHEDBENCH_PLAN_MODE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace scxx::bench {

enum class Mode {
  // One emulated CPU, a nanosecond an instruction. Repeatable; everything but races.
  kExact,
  // Two such CPUs in turns. One freezes while the other spins: counts, and no times.
  kExact2,
  // Two emulated CPUs at once, as on hardware but noisy: latencies only as ratios to the first
  // scheduler in the same boot.
  kConcurrent,
  // This machine's own kernel: repeated and interleaved, with confidence intervals.
  kHost,
};

// What a figure is a figure of.
enum class Quantity {
  kCost,      // Time an operation: instructions in exact mode.
  kCount,     // Switches and events: no clock in it.
  kLatency,   // From wanting to run to running.
  kGap,       // The longest wait: a stall if long.
  kFairness,  // Shares of the CPU.
  kTime,      // Of something that happens once, such as attaching.
};

// How a mode takes a figure.
enum class Measured { kNo, kRatioOnly, kYes };
Measured Measures(Mode mode, Quantity quantity);

// Why not, for people: "exact2 measures no latency: one CPU stands still while ...".
std::string WhyNot(Mode mode);

int CpusOf(Mode mode);  // Of the machine; 0: the host's.

// Abseil's flags: "exact", "exact2", "concurrent", "host".
bool AbslParseFlag(absl::string_view text, Mode* mode, std::string* error);
std::string AbslUnparseFlag(Mode mode);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PLAN_MODE_H_
