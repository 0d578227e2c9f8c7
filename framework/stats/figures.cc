// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/figures.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "framework/base/check.h"

namespace scxx {
namespace {

template <typename List>
auto Find(const List& readings, absl::string_view name) {
  return std::find_if(readings.begin(), readings.end(),
                      [name](const auto& r) { return r.figure.name == name; });
}

}  // namespace

void Readings::Add(const Figure& figure, uint64_t value) {
  SCXX_CHECK(figure.kind != FigureKind::kHistogram, "a histogram is no number");
  SCXX_CHECK(Find(numbers_, figure.name) == numbers_.end(), "two figures have one name");
  numbers_.push_back({.figure = figure, .value = value});
}

void Readings::Add(const Figure& figure, const HistogramSnapshot& latency) {
  SCXX_CHECK(figure.kind == FigureKind::kHistogram, "a number is no histogram");
  SCXX_CHECK(Find(latencies_, figure.name) == latencies_.end(), "two figures have one name");
  latencies_.push_back({.figure = figure, .latency = latency});
}

void Readings::Append(const Readings& others) {
  for (const Reading& r : others.numbers()) Add(r.figure, r.value);
  for (const LatencyReading& r : others.latencies()) Add(r.figure, r.latency);
}

uint64_t Readings::Value(absl::string_view name) const {
  const auto found = Find(numbers_, name);
  return found == numbers_.end() ? 0 : found->value;
}

const HistogramSnapshot* Readings::Latency(absl::string_view name) const {
  const auto found = Find(latencies_, name);
  return found == latencies_.end() ? nullptr : &found->latency;
}

std::string FormatFigures(const Readings& readings) {
  std::string text;
  for (const auto& [figure, value] : readings.numbers()) {
    const char* kind = figure.kind == FigureKind::kGauge ? "gauge " : "counter ";
    absl::StrAppend(&text, kind, std::string(figure.name), " ", value, " ",
                    std::string(figure.unit), ": ", std::string(figure.help), "\n");
  }
  return text;
}

}  // namespace scxx
