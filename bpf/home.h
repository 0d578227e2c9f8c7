/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * home.h: in which of the kernel's queues a task waits that the kernel schedules by itself.
 *
 * There is one queue for the machine (KERNEL_DSQ) and one for each CPU. A task that may run on one
 * CPU only waits in that CPU's, so that no other CPU ever looks at it; one that may use some CPUs
 * waits in the queue of one of them, chosen anew each time it comes. The place is the task's
 * `home`: 0 for the machine's queue, or a CPU + 1.
 */
#ifndef SCXX_BPF_HOME_H_
#define SCXX_BPF_HOME_H_

#include "bpf/higher.h"

#define HOME_TRIES 8 /* other CPUs that a task with an affinity looks at */

static __always_inline scxx_u64 dsq_of(scxx_u32 home) { return home ? CPU_DSQ + home : KERNEL_DSQ; }

#define HOME_TO_CHOOSE 0xffffffffu

/* Where p waits if there is no choice. Else HOME_TO_CHOOSE: it may use some CPUs. */
static __always_inline scxx_u32 fixed_home(struct task_struct* p) {
  scxx_u32 cpu = kx_task_cpu(p);
  scxx_u32 allowed = nr_usable(p);

  if (!kx_allowed(p, cpu)) return 0; /* its affinity changes just now: it comes again */
  if (allowed == 1 || kx_pinned(p)) return cpu + 1;
  return allowed >= cfg.nr_online ? 0 : HOME_TO_CHOOSE;
}

/* Of the CPUs that the task of a slot may use, the next one after `from`, in a ring; -1: none. */
KX_FN int next_allowed(scxx_u32 slot, scxx_u32 from) {
  scxx_u32 words = (cfg.online_end + 63) / 64;
  scxx_u64* allowed = kx_affinity(slot);
  scxx_u32 i = 0;

  if (!allowed) return -1;
  kx_for(i, words + 1) {
    scxx_u32 at = (from / 64 + i) % words;
    scxx_u64 word = kx_affinity_word(allowed, at) & cfg.online[at & (SCXX_MASK_WORDS - 1)];

    if (!i) word &= ~((2ull << (from & 63)) - 1); /* what comes later; the rest in the end */
    if (word) return at * 64 + lowest_bit(word);
  }
  return -1;
}

/* A task that may use some CPUs: an idle one of them, else the one with the shorter queue of two.
 */
KX_FN scxx_u32 home_of_some(scxx_u32 slot, scxx_u32 cpu, scxx_u64 now) {
  scxx_u32 other = (now >> 20) % cfg.online_end;
  struct scxx_global* global = kx_global();
  int idle = find_idle_for(slot);
  scxx_u32 i = 0;

  if (idle >= 0 || !global) return idle + 1;
  kx_for(i, HOME_TRIES) {
    int next = next_allowed(slot, other);

    if (next < 0) break;
    other = next;
    if (other == cpu || kx_higher(other)) continue;
    if (kx_higher(cpu)) return other + 1;
    return kx_dsq_length(dsq_of(other + 1)) < kx_dsq_length(dsq_of(cpu + 1)) ? other + 1 : cpu + 1;
  }
  return cpu + 1;
}

/* Where p waits if the kernel schedules it. */
static __always_inline scxx_u32 kernel_home(const struct scene* s, struct task_struct* p,
                                            scxx_u32 slot) {
  scxx_u32 home = fixed_home(p);

  return home == HOME_TO_CHOOSE ? home_of_some(slot, kx_task_cpu(p), s->now) : home;
}

/* The same for a task without a slot, whose mask only the kernel has. */
static __always_inline scxx_u32 home_without_slot(const struct scene* s, struct task_struct* p) {
  scxx_u32 home = fixed_home(p);
  scxx_u32 best = kx_task_cpu(p);
  scxx_u32 cpu = best;
  scxx_u32 tries = 0;
  scxx_u32 i = 0;

  if (home != HOME_TO_CHOOSE) return home;
  kx_for(i, cfg.online_end) {
    scxx_u32 other = (cpu + 1 + i) % cfg.online_end;

    if (!cpu_is_online(other) || !kx_allowed(p, other) || kx_higher(other)) continue;
    if (++tries > HOME_TRIES) break;
    if (cpu_is_idle(s->global, other)) return other + 1;
    if (kx_higher(best) || kx_dsq_length(dsq_of(other + 1)) < kx_dsq_length(dsq_of(best + 1)))
      best = other;
  }
  return kx_higher(best) ? 0 : best + 1;
}

/* A CPU that can take it at once. */
static __always_inline void kick_home(const struct scene* s, struct task_struct* p, int slot,
                                      scxx_u32 home) {
  if (home)
    kick_if_idle(s, home - 1);
  else
    kick_idle_for(s, slot, kx_task_cpu(p));
}

#endif /* SCXX_BPF_HOME_H_ */
