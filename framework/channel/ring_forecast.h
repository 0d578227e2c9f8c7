// SPDX-License-Identifier: Apache-2.0
//
// RingForecast: how much predicted run time waits in each dispatch ring, so that the engine does
// not decide further ahead than its budget. One addition a record placed and one subtraction a
// record taken.
//
// Not thread-safe; memory is allocated by the constructor.

#ifndef SCXX_FRAMEWORK_CHANNEL_RING_FORECAST_H_
#define SCXX_FRAMEWORK_CHANNEL_RING_FORECAST_H_

#include <cstdint>
#include <vector>

#include "bpf/wire.h"
#include "framework/base/units.h"

namespace scxx {

class RingForecast {
 public:
  explicit RingForecast(uint32_t nr_rings) : rings_(nr_rings) {}

  // The next record of `ring` is expected to run for so long.
  void Placed(uint32_t ring, Nanos run) {
    Ring& r = rings_[ring];
    r.runs[r.tail++ % SCXX_DISPATCH_RING] = run;
    r.ahead += run;
  }

  // All records of `ring` before position `head` have been taken.
  void TakenUpTo(uint32_t ring, uint64_t head) {
    Ring& r = rings_[ring];
    while (r.head != head) r.ahead -= r.runs[r.head++ % SCXX_DISPATCH_RING];
  }

  Nanos ahead(uint32_t ring) const { return rings_[ring].ahead; }

 private:
  struct Ring {
    uint64_t head = 0;
    uint64_t tail = 0;
    Nanos ahead;
    Nanos runs[SCXX_DISPATCH_RING];
  };
  std::vector<Ring> rings_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_RING_FORECAST_H_
