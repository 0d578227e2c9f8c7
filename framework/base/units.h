// SPDX-License-Identifier: Apache-2.0
//
// Time as types. Nanos is a difference, Instant a point on CLOCK_MONOTONIC, Vtime a point on a
// policy's virtual clock. Mixing them up does not compile:
//
//   Nanos waited = ctx.now - task.enqueued_at;   // Instant - Instant
//   Instant deadline = ctx.now + Millis(5);      // Instant + Nanos
//   if (a.Before(b)) ...                         // Vtime wraps, so it has no operator<
//
// All are plain 64-bit values: no allocation, no ownership, usable from any thread. Arithmetic does
// not check for overflow; a signed 64-bit nanosecond count reaches 292 years.
// absl::Duration lives at the edges (flags, options, logs): see duration.h.

#ifndef SCXX_FRAMEWORK_BASE_UNITS_H_
#define SCXX_FRAMEWORK_BASE_UNITS_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <ostream>

namespace scxx {

// A signed difference of two times, in nanoseconds.
class Nanos {
 public:
  constexpr Nanos() = default;
  constexpr explicit Nanos(int64_t count) : count_(count) {}

  static constexpr Nanos Zero() { return Nanos(0); }
  static constexpr Nanos Max() { return Nanos(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t count() const { return count_; }

  constexpr Nanos operator-() const { return Nanos(-count_); }
  constexpr Nanos& operator+=(Nanos other) { return *this = *this + other; }
  constexpr Nanos& operator-=(Nanos other) { return *this = *this - other; }

  friend constexpr Nanos operator+(Nanos a, Nanos b) { return Nanos(a.count_ + b.count_); }
  friend constexpr Nanos operator-(Nanos a, Nanos b) { return Nanos(a.count_ - b.count_); }
  friend constexpr Nanos operator*(Nanos a, int64_t n) { return Nanos(a.count_ * n); }
  friend constexpr Nanos operator*(int64_t n, Nanos a) { return a * n; }
  friend constexpr Nanos operator/(Nanos a, int64_t n) { return Nanos(a.count_ / n); }
  friend constexpr int64_t operator/(Nanos a, Nanos b) { return a.count_ / b.count_; }
  friend constexpr Nanos operator%(Nanos a, Nanos b) { return Nanos(a.count_ % b.count_); }
  friend constexpr auto operator<=>(Nanos, Nanos) = default;

  friend std::ostream& operator<<(std::ostream& os, Nanos n) { return os << n.count_ << "ns"; }

 private:
  int64_t count_ = 0;
};

constexpr Nanos Micros(int64_t n) { return Nanos(n * 1'000); }
constexpr Nanos Millis(int64_t n) { return Nanos(n * 1'000'000); }
constexpr Nanos Seconds(int64_t n) { return Nanos(n * 1'000'000'000); }

// A point in time: nanoseconds of CLOCK_MONOTONIC, or of the simulator's clock. Compare only
// instants of one machine and one boot.
class Instant {
 public:
  constexpr Instant() = default;
  constexpr explicit Instant(int64_t nanos) : nanos_(nanos) {}

  constexpr int64_t nanos() const { return nanos_; }

  constexpr Instant& operator+=(Nanos d) { return *this = *this + d; }

  friend constexpr Instant operator+(Instant t, Nanos d) { return Instant(t.nanos_ + d.count()); }
  friend constexpr Instant operator-(Instant t, Nanos d) { return Instant(t.nanos_ - d.count()); }
  friend constexpr Nanos operator-(Instant a, Instant b) { return Nanos(a.nanos_ - b.nanos_); }
  friend constexpr auto operator<=>(Instant, Instant) = default;

  friend std::ostream& operator<<(std::ostream& os, Instant t) { return os << '@' << t.nanos_; }

 private:
  int64_t nanos_ = 0;
};

// A point on a virtual clock, modulo 2^64. Two points compare by the sign of their difference,
// which is right as long as they are less than 2^63 apart; so there is Before(), and no operator<.
class Vtime {
 public:
  constexpr Vtime() = default;
  constexpr explicit Vtime(uint64_t raw) : raw_(raw) {}

  constexpr uint64_t raw() const { return raw_; }
  constexpr bool Before(Vtime other) const { return static_cast<int64_t>(raw_ - other.raw_) < 0; }

  constexpr Vtime& operator+=(Nanos d) { return *this = *this + d; }

  friend constexpr Vtime operator+(Vtime t, Nanos d) {
    return Vtime(t.raw_ + static_cast<uint64_t>(d.count()));
  }
  friend constexpr Vtime operator-(Vtime t, Nanos d) {
    return Vtime(t.raw_ - static_cast<uint64_t>(d.count()));
  }
  friend constexpr Nanos operator-(Vtime a, Vtime b) {
    return Nanos(static_cast<int64_t>(a.raw_ - b.raw_));
  }
  friend constexpr bool operator==(Vtime, Vtime) = default;

  friend std::ostream& operator<<(std::ostream& os, Vtime t) { return os << 'v' << t.raw_; }

 private:
  uint64_t raw_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_UNITS_H_
