// SPDX-License-Identifier: Apache-2.0
// The one clock of a load: CLOCK_MONOTONIC, in nanoseconds. In QEMU's exact mode (icount, one CPU)
// a nanosecond of it is one guest instruction.
#ifndef SCXX_TOOLS_LOAD_CLOCK_H_
#define SCXX_TOOLS_LOAD_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace scxx::load {

inline constexpr int64_t kNanosPerSecond = 1'000'000'000;

inline timespec ToTimespec(int64_t ns) {
  return {.tv_sec = ns / kNanosPerSecond, .tv_nsec = ns % kNanosPerSecond};
}

inline int64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

// Sleeps until the clock shows `ns`, through signals; returns at once when that has passed.
inline void SleepUntilNs(int64_t ns) {
  const timespec until = ToTimespec(ns);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
  }
}

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_CLOCK_H_
