// SPDX-License-Identifier: Apache-2.0
//
// Metrics is the list of all numbers a scheduler publishes, each with a name, a unit and a sentence
// of help, so that tools can show them without knowing them.
//
//   Metrics metrics;
//   metrics.Add({"decisions", "tasks", "Dispatches that the kernel accepted"}, &stats.decisions);
//   metrics.Add({"ring_full", "events", "..."}, [&] { return bpf->counters.ring_full; });
//   for (const Metrics::Reading& r : metrics.Read()) Print(r.info.name, r.value, r.info.unit);
//
// Ownership: what is added is not owned and must outlive this. Threading: add first, then read from
// any thread that the sources allow.

#ifndef SCXX_FRAMEWORK_STATS_METRICS_H_
#define SCXX_FRAMEWORK_STATS_METRICS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/stats/counter.h"

namespace scxx {

// Literals: the views are kept.
struct MetricInfo {
  absl::string_view name;  // lower_case, unique
  absl::string_view unit;  // "tasks", "ns", "events", ...
  absl::string_view help;  // one line
};

class Metrics {
 public:
  struct Reading {
    MetricInfo info;
    uint64_t value;
  };

  // CHECKs that the name is new.
  void Add(const MetricInfo& info, std::function<uint64_t()> read);
  void Add(const MetricInfo& info, const Counter* counter);
  void Add(const MetricInfo& info, const Gauge* gauge);

  // In the order in which they were added.
  std::vector<Reading> Read() const;

 private:
  struct Source {
    MetricInfo info;
    std::function<uint64_t()> read;
  };
  std::vector<Source> sources_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_METRICS_H_
