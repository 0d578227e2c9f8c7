// SPDX-License-Identifier: Apache-2.0
// A start barrier in shared memory: tasks arrive and block; their parent opens the gate for all at
// once.
//
//   SharedArray<StartGate> gate = ...;      // All zero bytes is a closed gate.
//   child:   gate[0].ArriveAndWait();
//   parent:  gate[0].AwaitArrivals(n, deadline); ...; gate[0].Open(Now());
#ifndef SCXX_TOOLS_LOAD_START_GATE_H_
#define SCXX_TOOLS_LOAD_START_GATE_H_

#include <atomic>
#include <cstdint>

#include "framework/base/units.h"
#include "tools/load/futex.h"

namespace scxx::load {

class StartGate {
 public:
  // Blocks until the gate opens; returns the time at which it did.
  Instant ArriveAndWait() {
    arrived_.fetch_add(1);
    FutexWake(arrived_);
    WaitUntilAtLeast(open_, 1);
    return opened_at_.load();
  }

  // False when fewer than `count` have arrived at the deadline.
  bool AwaitArrivals(uint32_t count, Instant deadline) const {
    return WaitUntilAtLeast(arrived_, count, deadline);
  }

  void Open(Instant now) {
    opened_at_.store(now);
    open_.store(1);
    FutexWake(open_);
  }

  uint32_t arrived() const { return arrived_.load(); }

 private:
  FutexWord arrived_ = 0;
  FutexWord open_ = 0;
  std::atomic<Instant> opened_at_ = Instant();
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_START_GATE_H_
