/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scene.h: where and when a callback takes place, and the memory that all its steps look at.
 *
 * Made once at a callback's entry, as a local variable, and handed on by pointer:
 *
 *   struct scene s;
 *
 *   if (!scene_begin(&s, kx_this_cpu(), kx_now())) return;
 *   enqueue_task(&s, p, flags);
 *
 * Everything that takes a scene is inlined, so the compiler keeps the fields in registers. A
 * function that the verifier checks by itself (KX_FN) takes numbers only and begins its own.
 */
#ifndef SCXX_BPF_SCENE_H_
#define SCXX_BPF_SCENE_H_

#include "bpf/port.h"

struct scene {
  struct scxx_global* global;
  struct scxx_agent* agent;
  struct scxx_cpu* here; /* of `cpu` */
  scxx_u64 now;          /* 0 where no step needs the time */
  scxx_u32 cpu;          /* the one that the callback runs on */
};

/* False: part of the memory is missing. It never is, but the verifier wants it checked. */
static __always_inline bool scene_begin(struct scene* s, scxx_u32 cpu, scxx_u64 now) {
  s->global = kx_global();
  s->agent = kx_agent();
  s->here = kx_cpu(cpu);
  s->now = now;
  s->cpu = cpu;
  return s->global && s->agent && s->here;
}

#endif /* SCXX_BPF_SCENE_H_ */
