// SPDX-License-Identifier: Apache-2.0
//
// A histogram of durations that is always on: recording costs a few nanoseconds and never
// allocates. Buckets grow by a quarter of a power of two, so that a percentile is at most 25 % too
// high, never too low.
//
//   Histogram latency;
//   latency.Record(now - task.enqueued_at);                  // the writer
//   HistogramSnapshot total = latency.Read();                // any thread
//   total.Percentile(99)                                     // an upper bound
//   total.Since(a_second_ago).Percentile(50)                 // of the last second only
//
// Threading: one writer, any readers. A snapshot taken while the writer works may lack its latest
// durations. Memory: 2 KB.

#ifndef SCXX_FRAMEWORK_STATS_HISTOGRAM_H_
#define SCXX_FRAMEWORK_STATS_HISTOGRAM_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/stats/counter.h"

namespace scxx {

// How durations fall into buckets. Up to 3 ns each value has a bucket of its own; above, every
// power of two has four. Shared with whoever fills a histogram elsewhere, such as the BPF program.
struct HistogramBuckets {
  static constexpr size_t kCount = 4 + 61 * 4;

  // Negative durations (clocks that disagree) count as zero.
  static constexpr size_t IndexOf(Nanos duration) {
    if (duration.count() < 4) return duration.count() < 0 ? 0 : duration.count();
    uint64_t value = duration.count();
    int octave = std::bit_width(value) - 1;  // 2..62
    return (octave - 1) * 4 + ((value >> (octave - 2)) & 3);
  }

  // The longest duration of a bucket.
  static constexpr Nanos LimitOf(size_t index) {
    if (index < 4) return Nanos(index);
    uint64_t octave = index / 4 + 1;
    uint64_t next_quarter = 4 + index % 4 + 1;
    return Nanos((next_quarter << (octave - 2)) - 1);
  }
};

// What a histogram held at one time. A plain value.
class HistogramSnapshot {
 public:
  void Add(size_t bucket, uint64_t n) { counts_[bucket] += n; }
  // All that `other` holds as well.
  void Add(const HistogramSnapshot& other);

  uint64_t count() const;
  // The duration that `percent` of all do not exceed, rounded up to the end of its bucket; zero if
  // there are none. 0 < percent <= 100.
  Nanos Percentile(double percent) const;
  // What was recorded after `earlier`, a previous snapshot of the same histogram.
  HistogramSnapshot Since(const HistogramSnapshot& earlier) const;

 private:
  std::array<uint64_t, HistogramBuckets::kCount> counts_ = {};
};

class Histogram {
 public:
  void Record(Nanos duration) { counts_[HistogramBuckets::IndexOf(duration)].Add(); }
  HistogramSnapshot Read() const;

 private:
  std::array<Counter, HistogramBuckets::kCount> counts_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_HISTOGRAM_H_
