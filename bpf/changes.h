/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * changes.h: which CPUs the agent has to look at. On a large machine most CPUs do in a cycle what
 * they did in the one before, so BPF says which have changed: each CPU has a bit, and the agent
 * reads no other CPU's words.
 *
 *   BPF                                     the agent, as a cycle begins
 *   C1 change a CPU's state                 V1 take the bits (exchange)
 *   C2 full barrier                         V2 look at the CPUs whose bits were set
 *   C3 set the CPU's bit, if it is not
 *
 * If V1 takes the bit of C3, or the one that C3 found, V2 comes after C1 and sees it. If not, the
 * bit is there for the next cycle. A state is a CPU's events, the head of its dispatch ring and its
 * owner. Whether it idles is in the idle mask, which the agent compares as a whole.
 *
 * An event's bit is set before the pending flag (P2 of park.h): a cycle that does not find the bit
 * leaves the flag set as well, and there is another cycle.
 */
#ifndef SCXX_BPF_CHANGES_H_
#define SCXX_BPF_CHANGES_H_

#include "bpf/atomics.h"
#include "bpf/wire.h"

/* The word of a CPU's bit. Masked, not compared: the verifier must see that it is in range. */
static __always_inline scxx_u64* changed_word(struct scxx_agent* agent, scxx_u32 cpu) {
  return &agent->changed[cpu / 64 & (SCXX_MASK_WORDS - 1)][0];
}

/* C2 and C3: an atomic or is both. */
static __always_inline void note_change(struct scxx_agent* agent, scxx_u32 cpu) {
  sx_or(changed_word(agent, cpu), 1ull << (cpu & 63));
}

/* C3 where the caller has passed C2: the line is shared by 64 CPUs, so it is written only if it has
 * to be. */
static __always_inline void note_change_after_barrier(struct scxx_agent* agent, scxx_u32 cpu) {
  if (!(sx_read(changed_word(agent, cpu)) >> (cpu & 63) & 1)) note_change(agent, cpu);
}

#endif /* SCXX_BPF_CHANGES_H_ */
