// SPDX-License-Identifier: Apache-2.0
//
// Numbers that one thread writes and any thread may read, at the price of a plain addition.
//
// Threading: one writer. Two would lose counts: there is no atomic read-modify-write here, by
// intention.

#ifndef SCXX_FRAMEWORK_STATS_COUNTER_H_
#define SCXX_FRAMEWORK_STATS_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace scxx {

// Counts what has happened; only grows.
class Counter {
 public:
  void Add(uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

// Says how many there are now.
class Gauge {
 public:
  void Set(uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_STATS_COUNTER_H_
