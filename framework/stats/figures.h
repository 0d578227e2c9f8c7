// SPDX-License-Identifier: Apache-2.0
//
// A figure is a number that a scheduler publishes. It is declared once, where it is counted, with
// name, unit, kind and a sentence of help; whatever prints figures prints them from a Readings and
// needs to know none of them.
//
//   constexpr Figure kDecisions = {"engine_decisions", "tasks", FigureKind::kCounter,
//                                  "Dispatches that the machine accepted"};
//   Readings readings;
//   readings.Add(kDecisions, stats.decisions.value());
//   for (const Reading& r : readings.numbers()) Print(r.figure.name, r.value, r.figure.unit);
//
// Threading: plain values.

#ifndef SCXX_FRAMEWORK_STATS_FIGURES_H_
#define SCXX_FRAMEWORK_STATS_FIGURES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/stats/histogram.h"

namespace scxx {

enum class FigureKind : uint8_t {
  kCounter,    // only grows, from the attach on
  kGauge,      // how things stand now
  kHistogram,  // durations, from the attach on
};

// Literals: the views are kept.
struct Figure {
  absl::string_view name;  // lower_case, unique among all figures of a scheduler
  absl::string_view unit;  // "tasks", "ns", "events", ...
  FigureKind kind = FigureKind::kCounter;
  absl::string_view help;  // one line
};

// A counter or a gauge.
struct Reading {
  Figure figure;
  uint64_t value = 0;
};

struct LatencyReading {
  Figure figure;
  HistogramSnapshot latency = {};
};

// What all figures were at one moment.
class Readings {
 public:
  // CHECKs that the name is new and the kind fits.
  void Add(const Figure& figure, uint64_t value);
  void Add(const Figure& figure, const HistogramSnapshot& latency);
  void Append(const Readings& others);

  // In the order in which they were added.
  const std::vector<Reading>& numbers() const { return numbers_; }
  const std::vector<LatencyReading>& latencies() const { return latencies_; }

  // 0 if there is no such figure: not every machine has them all.
  uint64_t Value(absl::string_view name) const;
  // nullptr if there is none.
  const HistogramSnapshot* Latency(absl::string_view name) const;

 private:
  std::vector<Reading> numbers_;
  std::vector<LatencyReading> latencies_;
};

// A line a counter and a gauge: "counter parks 12 times: Times the agent parked".
std::string FormatFigures(const Readings& readings);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_FIGURES_H_
