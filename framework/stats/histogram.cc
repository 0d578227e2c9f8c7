// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/histogram.h"

#include <numeric>

#include "framework/base/check.h"

namespace scxx {

uint64_t HistogramSnapshot::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

Nanos HistogramSnapshot::Percentile(double percent) const {
  SCXX_CHECK(percent > 0 && percent <= 100, "a percentile is above 0 and at most 100");
  uint64_t total = count();
  double wanted = static_cast<double>(total) * percent / 100;
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (counts_[i] != 0 && static_cast<double>(seen) >= wanted) return HistogramBuckets::LimitOf(i);
  }
  return Nanos::Zero();
}

void HistogramSnapshot::Add(const HistogramSnapshot& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

HistogramSnapshot HistogramSnapshot::Since(const HistogramSnapshot& earlier) const {
  HistogramSnapshot difference;
  for (size_t i = 0; i < counts_.size(); ++i) {
    difference.counts_[i] = counts_[i] - earlier.counts_[i];
  }
  return difference;
}

HistogramSnapshot Histogram::Read() const {
  HistogramSnapshot snapshot;
  for (size_t i = 0; i < counts_.size(); ++i) snapshot.Add(i, counts_[i].value());
  return snapshot;
}

}  // namespace scxx
