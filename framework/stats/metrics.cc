// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/metrics.h"

#include <utility>

#include "framework/base/check.h"

namespace scxx {

void Metrics::Add(const MetricInfo& info, std::function<uint64_t()> read) {
  for (const Source& source : sources_) {
    SCXX_CHECK_NE(source.info.name, info.name, "two metrics have one name");
  }
  sources_.push_back({info, std::move(read)});
}

void Metrics::Add(const MetricInfo& info, const Counter* counter) {
  Add(info, [counter] { return counter->value(); });
}

void Metrics::Add(const MetricInfo& info, const Gauge* gauge) {
  Add(info, [gauge] { return gauge->value(); });
}

std::vector<Metrics::Reading> Metrics::Read() const {
  std::vector<Reading> readings;
  readings.reserve(sources_.size());
  for (const Source& source : sources_) readings.push_back({source.info, source.read()});
  return readings;
}

}  // namespace scxx
