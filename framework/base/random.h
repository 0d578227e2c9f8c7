// SPDX-License-Identifier: Apache-2.0
//
// Random: a small seeded generator (splitmix64). The same seed and stream give the same numbers on
// every machine, which no distribution of the standard library promises: what a simulator found or
// a load measured can be had again.
//
//   Random random(seed, /*stream=*/3);
//   if (random.OneIn(4)) wait = random.Between(Millis(1), Millis(5));
//
// Threading: one thread. Not for policies, which take no chances, nor for secrets.

#ifndef SCXX_FRAMEWORK_BASE_RANDOM_H_
#define SCXX_FRAMEWORK_BASE_RANDOM_H_

#include <cstdint>

#include "framework/base/units.h"

namespace scxx {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  // A stream of its own for each purpose, so that one more draw here changes nothing there.
  Random(uint64_t seed, uint64_t stream) : state_(seed * 0xd1342543de82ef95ull + stream) { Next(); }

  uint64_t Next() {
    uint64_t x = state_ += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
  }

  // 0 to n-1; n must be positive.
  uint64_t Below(uint64_t n) { return Next() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  // From low to high, both included.
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low) + 1));
  }
  Nanos Between(Nanos low, Nanos high) { return Nanos(Between(low.count(), high.count())); }

 private:
  uint64_t state_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_RANDOM_H_
