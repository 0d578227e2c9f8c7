// SPDX-License-Identifier: Apache-2.0
#include "tools/load/histogram.h"

#include <algorithm>
#include <bit>

namespace scxx::load {

int Histogram::BucketOf(int64_t ns) {
  const auto value = static_cast<uint64_t>(std::clamp<int64_t>(ns, 0, (1LL << kMaxBits) - 1));
  const int shift = std::max<int>(std::bit_width(value) - (kSubBits + 1), 0);
  return shift * kSub + static_cast<int>(value >> shift);
}

int64_t Histogram::UpperEnd(int bucket) {
  const int shift = std::max(bucket / kSub - 1, 0);
  const int64_t top = bucket - shift * kSub;
  return ((top + 1) << shift) - 1;
}

void Histogram::Record(int64_t ns) {
  ns = std::max<int64_t>(ns, 0);
  min_ = count_ == 0 ? ns : std::min(min_, ns);
  max_ = std::max(max_, ns);
  ++count_;
  sum_ += ns;
  ++buckets_[BucketOf(ns)];
}

void Histogram::Merge(const Histogram& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  sum_ += other.sum_;
  for (int i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
}

int64_t Histogram::Percentile(int percent_milli) const {
  if (count_ == 0) return 0;
  const int64_t rank = std::max<int64_t>((count_ * percent_milli + 99'999) / 100'000, 1);
  int64_t seen = 0;
  for (int i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::min(UpperEnd(i), max_);
  }
  return max_;
}

std::vector<std::pair<int64_t, int64_t>> Histogram::Buckets() const {
  std::vector<std::pair<int64_t, int64_t>> used;
  for (int i = 0; i < kBuckets; ++i) {
    if (buckets_[i] != 0) used.emplace_back(UpperEnd(i), buckets_[i]);
  }
  return used;
}

}  // namespace scxx::load
