// SPDX-License-Identifier: Apache-2.0
#include "tools/load/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace scxx::load {

int LatencyHistogram::BucketOf(Nanos latency) {
  const auto value =
      static_cast<uint64_t>(std::clamp<int64_t>(latency.count(), 0, (1LL << kMaxBits) - 1));
  const int shift = std::max<int>(std::bit_width(value) - (kSubBits + 1), 0);
  return shift * kSub + static_cast<int>(value >> shift);
}

Nanos LatencyHistogram::UpperEnd(int bucket) {
  const int shift = std::max(bucket / kSub - 1, 0);
  const int64_t top = bucket - shift * kSub;
  return Nanos(((top + 1) << shift) - 1);
}

void LatencyHistogram::Record(Nanos latency) {
  latency = std::max(latency, Nanos::Zero());
  min_ = count_ == 0 ? latency : std::min(min_, latency);
  max_ = std::max(max_, latency);
  ++count_;
  sum_ += latency;
  ++buckets_[BucketOf(latency)];
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  sum_ += other.sum_;
  for (int i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
}

Nanos LatencyHistogram::Percentile(int percent_milli) const {
  if (count_ == 0) return Nanos::Zero();
  const int64_t rank = std::max<int64_t>((count_ * percent_milli + 99'999) / 100'000, 1);
  int64_t seen = 0;
  for (int i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::min(UpperEnd(i), max_);
  }
  return max_;
}

std::vector<std::pair<Nanos, int64_t>> LatencyHistogram::Buckets() const {
  std::vector<std::pair<Nanos, int64_t>> used;
  for (int i = 0; i < kBuckets; ++i) {
    if (buckets_[i] != 0) used.emplace_back(UpperEnd(i), buckets_[i]);
  }
  return used;
}

}  // namespace scxx::load
