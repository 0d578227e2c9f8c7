// SPDX-License-Identifier: Apache-2.0
// Futexes on words in memory that processes share.
#ifndef SCXX_TOOLS_LOAD_FUTEX_H_
#define SCXX_TOOLS_LOAD_FUTEX_H_

#include <atomic>
#include <cstdint>

#include "framework/base/units.h"

namespace scxx::load {

using FutexWord = std::atomic<uint32_t>;
static_assert(sizeof(FutexWord) == 4 && FutexWord::is_always_lock_free);

inline constexpr Instant kForever = Instant() + Nanos::Max();

// Blocks while *word == expected, until woken or until CLOCK_MONOTONIC shows `deadline`. May
// return early for no reason: the caller tests its condition again. False means the deadline has
// passed.
bool FutexWait(const FutexWord& word, uint32_t expected, Instant deadline = kForever);

// Wakes at most `count` waiters (all of them by default); returns how many.
int FutexWake(FutexWord& word, int count = INT32_MAX);

// Blocks until *word >= target. False means the deadline came first.
bool WaitUntilAtLeast(const FutexWord& word, uint32_t target, Instant deadline = kForever);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_FUTEX_H_
