/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * weights.h: what a task weighs in the kernel's queues: WEIGHT_UNIT at nice 0.
 *
 * sched_ext's own weights, of which nice 0 has 100, are too coarse for light tasks: nice 19 has 1
 * instead of 1.46, as SCHED_IDLE has instead of 0.29. These are 16 times as fine, and below
 * COARSE of sched_ext's follow the kernel's table (sched_prio_to_weight in kernel/sched/core.c).
 */
#ifndef SCXX_BPF_WEIGHTS_H_
#define SCXX_BPF_WEIGHTS_H_

#include "bpf/scene.h"

#define WEIGHT_UNIT 1600u
#define LEAST_WEIGHT 4 /* of SCHED_IDLE */
#define COARSE 16
#define NICE_0 120 /* static_prio */
#define IDLE_LOAD 3
#define LIGHT_TURN 85000 /* ns */
#define LIGHT_FROM 10    /* the nice value at which light_loads begins */

/* Of 1,024 at nice 0. */
static const scxx_u32 light_loads[16] = {110, 87, 70, 56, 45, 36, 29, 23,
                                         18,  15, 15, 15, 15, 15, 15, 15};

static __always_inline scxx_u32 weight_from_load(scxx_u32 load) {
  return load * WEIGHT_UNIT / 1024;
}

static __always_inline scxx_u32 fine_weight(scxx_u32 weight, scxx_u32 static_prio, bool idle) {
  scxx_u32 light = static_prio - NICE_0 - LIGHT_FROM;

  if (weight >= COARSE) return weight * (WEIGHT_UNIT / 100);
  if (idle) return weight_from_load(IDLE_LOAD);
  if (light < 10) return weight_from_load(light_loads[light & 15]);
  return (weight ? weight : 1) * (WEIGHT_UNIT / 100);
}

static __always_inline scxx_u32 weight_of(struct task_struct* p) {
  return fine_weight(p->scx.weight, p->static_prio, p->policy == SCHED_IDLE);
}

/* The same of the first in a DSQ, or 0. */
static __always_inline scxx_u32 weight_of_first(const struct scxx_first* first) {
  return first->weight ? fine_weight(first->weight, first->static_prio, first->idle) : 0;
}

/* The same of a task of the policy's, by what its slot says. */
static __always_inline scxx_u32 weight_of_slot(const struct scxx_task* task) {
  return fine_weight(task->weight, task->static_prio, task->flags & SCXX_TASK_IDLE);
}

/* How long a turn may be of a task that is so light that a whole one would be many times its share:
 * 2 ms at nice 19, 0.3 ms of SCHED_IDLE. The policies' FairCore does the same (kAgedTurn). */
static __always_inline scxx_u64 light_slice(scxx_u64 weight, scxx_u64 slice) {
  scxx_u64 light = weight * LIGHT_TURN;

  return weight && light < slice ? light : slice;
}

#endif /* SCXX_BPF_WEIGHTS_H_ */
