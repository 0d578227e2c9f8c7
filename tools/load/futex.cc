// SPDX-License-Identifier: Apache-2.0
#include "tools/load/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "tools/load/clock.h"

namespace scxx::load {

bool FutexWait(const FutexWord& word, uint32_t expected, Instant deadline) {
  const timespec until = ToTimespec(deadline);
  // The bitset form takes an absolute time of CLOCK_MONOTONIC; the plain one a relative time.
  const long result =
      syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, expected,
              deadline == kForever ? nullptr : &until, nullptr, FUTEX_BITSET_MATCH_ANY);
  return result == 0 || errno != ETIMEDOUT;
}

int FutexWake(FutexWord& word, int count) {
  return static_cast<int>(syscall(SYS_futex, &word, FUTEX_WAKE, count, nullptr, nullptr, 0));
}

bool WaitUntilAtLeast(const FutexWord& word, uint32_t target, Instant deadline) {
  for (uint32_t value = word.load(); value < target; value = word.load()) {
    if (!FutexWait(word, value, deadline)) return word.load() >= target;
  }
  return true;
}

}  // namespace scxx::load
