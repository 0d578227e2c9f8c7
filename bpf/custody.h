/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * custody.h: the custody word of a task (wire.h has its layout) and its legal moves.
 *
 *            ops.enqueue                 record honoured
 *   KERNEL ---------------> USER(n) ------------------------> DISPATCHED
 *     ^                     |  |  ^                               |
 *     |  lease, left the    |  |  | ops.enqueue: n+1, event       |
 *     +----- class ---------+  +--+ REQUEUE replaces the old one  |
 *     |                           ^                               |
 *     |                           +------ ops.enqueue: n+1 -------+
 *     +---------------------------------- slot freed -------------+
 *
 * ops.enqueue is the only writer that does not compare: it holds the task's run queue lock, so no
 * other enqueue of the task can run, and whatever a dispatcher finds afterwards carries a new count
 * and fails its compare-and-swap. All other moves start from USER(n) and at most one of them wins.
 */
#ifndef SCXX_BPF_CUSTODY_H_
#define SCXX_BPF_CUSTODY_H_

#include "bpf/atomics.h"
#include "bpf/wire.h"

static __always_inline scxx_u64 custody_make(scxx_u32 generation, scxx_u32 count, scxx_u32 state) {
  return (scxx_u64)generation << 40 | (scxx_u64)count << 8 | state;
}

static __always_inline scxx_u32 custody_state(scxx_u64 word) { return word & 3; }

static __always_inline scxx_u32 custody_count(scxx_u64 word) { return (scxx_u32)(word >> 8); }

static __always_inline scxx_u32 custody_generation(scxx_u64 word) { return (scxx_u32)(word >> 40); }

static __always_inline bool custody_is_user(scxx_u64 word, scxx_u32 count) {
  return custody_state(word) == SCXX_CUSTODY_USER && custody_count(word) == count;
}

static __always_inline scxx_u64 custody_with_state(scxx_u64 word, scxx_u32 state) {
  return (word & ~3ull) | state;
}

/* Begins a waiting period: the next count, in user custody. The caller holds the task's run queue
 * lock. */
static __always_inline scxx_u64 custody_next(scxx_u64 word) {
  return custody_make(custody_generation(word), custody_count(word) + 1, SCXX_CUSTODY_USER);
}

/* A new task in the slot. The count goes on, so that no record made for an earlier task can match.
 */
static __always_inline scxx_u64 custody_next_generation(scxx_u64 word) {
  return custody_make((custody_generation(word) + 1) & 0xffffff, custody_count(word) + 1,
                      SCXX_CUSTODY_KERNEL);
}

/* Ends the waiting period that `word` (in state USER) describes. False: somebody else has, or the
 * task was enqueued again. */
static __always_inline bool custody_take(scxx_u64* custody, scxx_u64 word, scxx_u32 to) {
  return sx_cas(custody, word, custody_with_state(word, to)) == word;
}

#endif /* SCXX_BPF_CUSTODY_H_ */
