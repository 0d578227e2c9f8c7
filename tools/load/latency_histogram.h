// SPDX-License-Identifier: Apache-2.0
// A latency histogram that lives in shared memory: plain data, one writer, no allocation.
//
//   LatencyHistogram* h = ...;              // All zero bytes is an empty histogram.
//   h->Record(1'500);
//   h->Percentile(99'000);           // p99 in thousandths of a percent
//
// (framework/stats has a coarser one, for statistics that are always on.)
//
// Values are from 0 to about 36 minutes (larger ones count in the last bucket). Below
// 128 they are exact; above, a bucket is at most 1/64 of its value wide. Minimum, maximum and sum
// are exact.
#ifndef SCXX_TOOLS_LOAD_LATENCY_HISTOGRAM_H_
#define SCXX_TOOLS_LOAD_LATENCY_HISTOGRAM_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "framework/base/units.h"

namespace scxx::load {

class LatencyHistogram {
 public:
  void Record(Nanos latency);
  void Merge(const LatencyHistogram& other);

  // The smallest recorded bucket that at least percent_milli / 100,000 of all values do not exceed,
  // by its upper end but never above max(); 0 when empty. 50'000 is the median, 99'900 is p99.9.
  Nanos Percentile(int percent_milli) const;

  int64_t count() const { return count_; }
  Nanos min() const { return min_; }
  Nanos max() const { return max_; }
  Nanos mean() const { return count_ == 0 ? Nanos() : sum_ / count_; }

  // (upper end, count) of every bucket in use, ascending.
  std::vector<std::pair<Nanos, int64_t>> Buckets() const;

 private:
  static constexpr int kSubBits = 6;
  static constexpr int kSub = 1 << kSubBits;
  static constexpr int kMaxBits = 41;
  static constexpr int kBuckets = (kMaxBits - kSubBits) * kSub + kSub;

  static int BucketOf(Nanos latency);
  static Nanos UpperEnd(int bucket);

  int64_t count_ = 0;
  Nanos sum_;
  Nanos min_;
  Nanos max_;
  uint32_t buckets_[kBuckets] = {};
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_LATENCY_HISTOGRAM_H_
