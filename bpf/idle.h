/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * idle.h: which CPUs are idle, as the agent sees it, and how an idle CPU finds work it just missed.
 *
 * The mask is our own copy of the kernel's transitions (ops.update_idle with
 * SCX_OPS_KEEP_BUILTIN_IDLE), because the kernel's mask also loses a bit when anyone claims a CPU.
 * While the kernel schedules by itself (suspend) it reports none: a CPU that left idle then keeps
 * its bit until its next ops.dispatch, which sees that a task has run. Proof that no CPU sleeps
 * beside work it may do:
 *
 *   whoever makes work available          the CPU that goes idle
 *   W1 publish it (record, event, DSQ)    I1 set its bit (full barrier)
 *   W2 full barrier                       I2 look for work; if there is some, kick itself
 *   W3 read the mask, kick an idle CPU
 *
 * Either W3 sees the bit of I1, and the kick makes that CPU go through ops.dispatch once more, or
 * I2 sees the work of W1. The kick is delivered once the CPU has finished switching to its idle
 * task, so it is never lost.
 *
 * Where cores have several CPUs, those of a core that is idle as a whole come first. core_mask is a
 * guess: two CPUs of a core that change at once may leave it wrong until one of them changes again,
 * and then a second choice is taken, which is idle all the same.
 */
#ifndef SCXX_BPF_IDLE_H_
#define SCXX_BPF_IDLE_H_

#include "bpf/scene.h"
#include "bpf/tasks.h"

/* The word of a CPU's bit. Masked, not compared: the verifier must see that it is in range. */
static __always_inline scxx_u32 mask_word(scxx_u32 cpu) { return cpu / 64 & (SCXX_MASK_WORDS - 1); }

static __always_inline bool cpu_is_idle(struct scxx_global* global, scxx_u32 cpu) {
  return sx_read(&global->idle_mask[mask_word(cpu)]) >> (cpu & 63) & 1;
}

/* False where that takes a search. Every enqueue asks while the agent is parked, and a call of a
 * function with a loop is a good part of what it costs. */
static __always_inline bool none_idles(struct scxx_global* global) {
  return cfg.online_end <= 64 && !sx_read(&global->idle_mask[0]);
}

static __always_inline bool cpu_is_online(scxx_u32 cpu) {
  return cfg.online[mask_word(cpu)] >> (cpu & 63) & 1;
}

/* CPUs of a core that are looked at. */
#define CORE_CPUS 8

/* A CPU has become idle, or has ceased to be: whether its core is idle as a whole. */
KX_FN int note_core(scxx_u32 cpu) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0, other = cpu;
  bool whole = true;

  if (!global) return 0;
  kx_for(i, CORE_CPUS) {
    if (!cpu_is_idle(global, other)) whole = false;
    other = cfg.sibling[other & (SCXX_MAX_CPUS - 1)];
    if (other == cpu) break;
  }
  kx_for(i, CORE_CPUS) {
    scxx_u64 bit = 1ull << (other & 63);
    scxx_u64* word = &global->core_mask[mask_word(other)];

    if (whole)
      sx_or(word, bit);
    else if (sx_read(word) & bit)
      sx_and(word, ~bit);
    other = cfg.sibling[other & (SCXX_MAX_CPUS - 1)];
    if (other == cpu) break;
  }
  return whole;
}

static __always_inline void not_idle(struct scxx_global* global, scxx_u32 cpu) {
  sx_and(&global->idle_mask[mask_word(cpu)], ~(1ull << (cpu & 63)));
  if (cfg.smt) note_core(cpu);
}

KX_FN int lowest_bit(scxx_u64 word) {
  int bit = 0;

  if (!(word & 0xffffffffull)) {
    word >>= 32;
    bit += 32;
  }
  if (!(word & 0xffffull)) {
    word >>= 16;
    bit += 16;
  }
  if (!(word & 0xffull)) {
    word >>= 8;
    bit += 8;
  }
  if (!(word & 0xfull)) {
    word >>= 4;
    bit += 4;
  }
  if (!(word & 0x3ull)) {
    word >>= 2;
    bit += 2;
  }
  return bit + !(word & 1);
}

/* Notes the best of the CPUs from 64 * i on that are `idle`, in `best`, which is -1 at first. True:
 * it is as good as any, because its core is idle. */
static __always_inline bool note_best_idle(struct scxx_global* global, scxx_u32 i, scxx_u64 idle,
                                           int* best) {
  scxx_u64 whole = idle;

  if (!idle) return false;
  if (cfg.smt) whole &= sx_read(&global->core_mask[i & (SCXX_MASK_WORDS - 1)]);
  if (whole || *best < 0) *best = i * 64 + lowest_bit(whole ? whole : idle);
  return whole;
}

/* An idle CPU other than `not_this`, or -1. */
KX_FN int find_idle(scxx_u32 not_this) {
  struct scxx_global* global = kx_global();
  int best = -1;
  scxx_u32 i = 0;

  if (!global) return -1;
  kx_for(i, (cfg.online_end + 63) / 64) {
    scxx_u64 word = sx_read(&global->idle_mask[i & (SCXX_MASK_WORDS - 1)]);

    if (i == not_this / 64) word &= ~(1ull << (not_this & 63));
    if (note_best_idle(global, i, word, &best)) break;
  }
  return best;
}

static __always_inline void kick_idle(struct scxx_cpu* here, scxx_u32 cpu) {
  count_here(here, SCXX_CNT_KICK_IDLE);
  kx_kick(cpu, SCX_KICK_IDLE);
}

static __always_inline void kick_if_idle(const struct scene* s, scxx_u32 cpu) {
  if (cpu_is_idle(s->global, cpu)) kick_idle(s->here, cpu);
}

/* Makes some idle CPU look for work; none idle: the next ops.dispatch anywhere will. */
static __always_inline void kick_any_idle(struct scxx_cpu* here, scxx_u32 not_this) {
  int cpu = find_idle(not_this);

  if (cpu >= 0) kick_idle(here, cpu);
}

/* An idle CPU that the task of a slot may use, or -1. */
KX_FN int find_idle_for(scxx_u32 slot) {
  struct scxx_global* global = kx_global();
  scxx_u64* allowed = kx_affinity(slot);
  int best = -1;
  scxx_u32 i = 0;

  if (!global || !allowed) return -1;
  kx_for(i, (cfg.online_end + 63) / 64) {
    scxx_u64 word =
        sx_read(&global->idle_mask[i & (SCXX_MASK_WORDS - 1)]) & kx_affinity_word(allowed, i);

    if (note_best_idle(global, i, word, &best)) break;
  }
  return best;
}

/* The task of a slot may use the CPU. */
static __always_inline bool slot_allows(scxx_u32 slot, scxx_u32 cpu) {
  scxx_u64* allowed = kx_affinity(slot);

  return allowed && kx_affinity_word(allowed, cpu / 64) >> (cpu & 63) & 1;
}

/* For work in the queue of the machine that only the task's CPUs can take. `slot` is -1 for a task
 * without one. */
static __always_inline void kick_idle_for(const struct scene* s, int slot, scxx_u32 task_cpu) {
  int cpu = task_cpu;

  if (!cpu_is_idle(s->global, task_cpu))
    cpu = slot >= 0 ? find_idle_for(slot) : find_idle(task_cpu);
  if (cpu >= 0) kick_idle(s->here, cpu);
}

#endif /* SCXX_BPF_IDLE_H_ */
