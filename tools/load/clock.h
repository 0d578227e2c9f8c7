// SPDX-License-Identifier: Apache-2.0
// The one clock of a load: CLOCK_MONOTONIC, in nanoseconds. In QEMU's exact mode (icount, one CPU)
// a nanosecond of it is one guest instruction.
#ifndef SCXX_TOOLS_LOAD_CLOCK_H_
#define SCXX_TOOLS_LOAD_CLOCK_H_

#include <time.h>

#include "framework/base/units.h"

namespace scxx::load {

inline timespec ToTimespec(Instant time) {
  const Nanos since_zero = time - Instant();
  return {.tv_sec = since_zero / Seconds(1), .tv_nsec = (since_zero % Seconds(1)).count()};
}

inline Instant Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return Instant() + Seconds(now.tv_sec) + Nanos(now.tv_nsec);
}

// Sleeps until the clock shows `time`, through signals; returns at once when that has passed.
inline void SleepUntil(Instant time) {
  const timespec until = ToTimespec(time);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
  }
}

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_CLOCK_H_
