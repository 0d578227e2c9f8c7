// SPDX-License-Identifier: Apache-2.0
//
// Random: the simulator's only source of chance: splitmix64, seeded. The same seed gives the same
// numbers on every machine, which no distribution of the standard library promises.

#ifndef SCXX_FRAMEWORK_SIM_CORE_RANDOM_H_
#define SCXX_FRAMEWORK_SIM_CORE_RANDOM_H_

#include <cstdint>

#include "framework/base/units.h"

namespace scxx::sim {

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
  Nanos Between(Nanos low, Nanos high) {
    return low + Nanos(static_cast<int64_t>(Below((high - low).count() + 1)));
  }

 private:
  uint64_t state_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_RANDOM_H_
