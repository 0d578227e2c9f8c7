// SPDX-License-Identifier: Apache-2.0
// A latency histogram that lives in shared memory: plain data, one writer, no allocation.
//
//   Histogram* h = ...;              // All zero bytes is an empty histogram.
//   h->Record(1'500);
//   h->Percentile(99'000);           // p99 in thousandths of a percent
//
// Values are nanoseconds from 0 to about 36 minutes (larger ones count in the last bucket). Below
// 128 they are exact; above, a bucket is at most 1/64 of its value wide. Minimum, maximum and sum
// are exact.
#ifndef SCXX_TOOLS_LOAD_HISTOGRAM_H_
#define SCXX_TOOLS_LOAD_HISTOGRAM_H_

#include <cstdint>
#include <utility>
#include <vector>

namespace scxx::load {

class Histogram {
 public:
  void Record(int64_t ns);
  void Merge(const Histogram& other);

  // The smallest recorded bucket that at least percent_milli / 100,000 of all values do not exceed,
  // by its upper end but never above max(); 0 when empty. 50'000 is the median, 99'900 is p99.9.
  int64_t Percentile(int percent_milli) const;

  int64_t count() const { return count_; }
  int64_t min() const { return min_; }
  int64_t max() const { return max_; }
  int64_t mean() const { return count_ == 0 ? 0 : sum_ / count_; }

  // (upper end in ns, count) of every bucket in use, ascending.
  std::vector<std::pair<int64_t, int64_t>> Buckets() const;

 private:
  static constexpr int kSubBits = 6;
  static constexpr int kSub = 1 << kSubBits;
  static constexpr int kMaxBits = 41;
  static constexpr int kBuckets = (kMaxBits - kSubBits) * kSub + kSub;

  static int BucketOf(int64_t ns);
  static int64_t UpperEnd(int bucket);

  int64_t count_ = 0;
  int64_t sum_ = 0;
  int64_t min_ = 0;
  int64_t max_ = 0;
  uint32_t buckets_[kBuckets] = {};
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_HISTOGRAM_H_
