// SPDX-License-Identifier: Apache-2.0
// A small seeded generator (splitmix64): the same seed and stream give the same numbers everywhere.
#ifndef SCXX_TOOLS_LOAD_RANDOM_H_
#define SCXX_TOOLS_LOAD_RANDOM_H_

#include <cstdint>

namespace scxx::load {

class Random {
 public:
  Random(uint64_t seed, uint64_t stream) : state_(seed ^ (stream * 0xd1342543de82ef95ULL)) {
    Next();
  }

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  // Uniform in [0, bound), bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

  // Uniform in [low, high].
  int64_t Between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(Below(static_cast<uint64_t>(high - low) + 1));
  }

 private:
  uint64_t state_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_RANDOM_H_
