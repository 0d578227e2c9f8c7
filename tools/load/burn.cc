// SPDX-License-Identifier: Apache-2.0
#include "tools/load/burn.h"

#include <algorithm>

#include "tools/load/clock.h"

namespace scxx::load {

void Burn(int64_t iterations) {
  constexpr int kSteps = 250;  // Four instructions each: multiply, add, count, branch.
  uint64_t x = 1;
  for (int64_t i = 0; i < iterations; ++i) {
    for (int step = 0; step < kSteps; ++step) {
      x = x * 69069 + 1;
      asm volatile("" : "+r"(x));  // Keeps every step: no folding, no vectorizing.
    }
    Pause();
  }
}

int64_t CalibrateBurn(Nanos time) {
  constexpr int64_t kProbe = 1000;
  Nanos best = Nanos::Max();  // The fastest of a few is the one that was not preempted.
  for (int i = 0; i < 5; ++i) {
    const Instant start = Now();
    Burn(kProbe);
    best = std::min(best, std::max(Now() - start, Nanos(1)));
  }
  return std::max<int64_t>(time * kProbe / best, 1);
}

}  // namespace scxx::load
