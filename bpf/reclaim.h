/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reclaim.h: tasks that wait in user custody are taken back, into the kernel's queues: all of them
 * in a fallback, those that have been held for too long, and those that a CPU needs at once.
 */
#ifndef SCXX_BPF_RECLAIM_H_
#define SCXX_BPF_RECLAIM_H_

#include "bpf/crowd.h"
#include "bpf/higher.h"
#include "bpf/park.h"
#include "bpf/queue.h"

#define WALK_SLOTS 128       /* slots looked at in one walk */
#define WALK_TASKS 32        /* tasks taken back in one walk; below ops.dispatch_max_batch */
#define STRANDED_SLOTS 65536 /* slots searched for a task of one CPU, some times a second */

/*
 * Waits have ended that no event tells of: the agent must compare what it holds with the custody
 * words. P1 and P2 of park.h, with the epoch in the place of an event. P3 is up to ops.dispatch,
 * here or wherever one is called next: nobody waits for the agent to know.
 */
static __always_inline void tell_taken(const struct scene* s) {
  sx_add(&s->global->epoch, 1);
  agent_remind(s);
}

static __always_inline scxx_u64 slots_used(struct scxx_global* global) {
  scxx_u64 used = sx_read(&global->next_slot);

  return used < cfg.max_tasks ? used : cfg.max_tasks;
}

/* It waits in user custody for a CPU that a higher class keeps. */
static __always_inline bool stranded(const struct scene* s, struct scxx_task* task) {
  return cpu_is_taken(s->global, task->cpu) &&
         (task->nr_cpus_allowed == 1 || task->flags & SCXX_TASK_NO_MIGRATE);
}

/* Moves a waiting task to the kernel's queue `home`; only from ops.dispatch. Insert, then claim,
 * then cancel if the claim failed: records.h. */
static __always_inline bool take_back(const struct scene* s, struct scxx_task* task,
                                      struct task_struct* p, scxx_u64 word, scxx_u32 home,
                                      scxx_u64 slice) {
  kernel_insert(s, p, home, slice, task->enqueued_at, true);
  if (!custody_take(&task->custody, word, SCXX_CUSTODY_KERNEL)) {
    kx_cancel();
    queue_note_left(s, home, weight_of(p));
    return false;
  }
  count_here(s->here, SCXX_CNT_RECLAIMED);
  if (home && home != s->cpu + 1) kick_if_idle(s, home - 1);
  return true;
}

/* If it has waited for at least `min_age`. A function of its own, as those below: in their loops it
 * would be verified once for each state of them. */
KX_FN int reclaim(scxx_u32 slot, scxx_u32 cpu, scxx_u64 now, scxx_u64 min_age) {
  struct scxx_task* task = kx_task(slot);
  struct task_struct* p;
  struct scene s;
  scxx_u64 word;

  if (!task || !scene_begin(&s, cpu, now)) return false;
  word = sx_read(&task->custody);
  if (custody_state(word) != SCXX_CUSTODY_USER) return false;
  if ((scxx_s64)(now - task->enqueued_at) < (scxx_s64)min_age && !stranded(&s, task)) return false;
  p = kx_slot_task(slot);
  return p && take_back(&s, task, p, word, kernel_home(&s, p, slot), kernel_slice(p));
}

/* Takes back some of the tasks that have waited for at least `min_age`. All CPUs share the walk
 * through its cursor; one that stops because it has taken enough leaves the rest to the next. */
KX_FN int reclaim_walk(scxx_u64 now, scxx_u64 min_age) {
  scxx_u32 taken = 0;
  scxx_u32 i = 0;
  scxx_u64 used, at;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), now)) return 0;
  used = slots_used(s.global);
  at = sx_add(&s.global->walk_cursor, WALK_SLOTS);
  kx_for(i, WALK_SLOTS) {
    if (i >= used || taken >= WALK_TASKS) break;
    taken += reclaim((at + i) % used, s.cpu, now, min_age);
  }
  if (taken >= WALK_TASKS) sx_add(&s.global->walk_cursor, (scxx_u64)i - WALK_SLOTS);
  if (taken) tell_taken(&s);
  return taken;
}

/* Moves a task that waits in user custody on the run queue of `cpu`, and may run there, to that
 * CPU's own queue. It runs by the server (higher.h), without a slice to speak of. */
KX_FN int reclaim_on(scxx_u32 slot, scxx_u32 cpu, scxx_u64 now) {
  struct scxx_task* task = kx_task(slot);
  struct task_struct* p;
  struct scene s;
  scxx_u64 word;

  if (!task || !scene_begin(&s, cpu, now)) return false;
  word = sx_read(&task->custody);
  if (custody_state(word) != SCXX_CUSTODY_USER || (scxx_u32)task->cpu != cpu) return false;
  p = kx_slot_task(slot);
  if (!p || !kx_allowed(p, cpu) || !take_back(&s, task, p, word, cpu + 1, SERVER_SLICE))
    return false;
  tell_taken(&s);
  return true;
}

/* Some task of that kind. */
KX_FN int reclaim_one_on(scxx_u32 cpu, scxx_u64 now) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;
  scxx_u64 used;

  if (!global) return false;
  used = slots_used(global);
  kx_for(i, STRANDED_SLOTS) {
    if (i >= used) break;
    if (reclaim_on(i, cpu, now)) return true;
  }
  return false;
}

/* Called from ops.dispatch before anything else is looked at. True: tasks were taken back. */
static __always_inline bool reclaim_some(const struct scene* s) {
  scxx_u64 overdue;
  int taken;

  if (sx_read(&s->global->fallback)) {
    taken = reclaim_walk(s->now, 0);
    if (taken > 1) kick_any_idle(s->here, s->cpu);
    return taken;
  }
  overdue = sx_read(&s->global->overdue);
  if (!overdue) return false;
  /* `overdue` walks: as many as the slots need, then the timer searches again. */
  sx_write(&s->global->overdue, overdue - 1);
  taken = reclaim_walk(s->now, cfg.hold_max);
  if (taken >= WALK_TASKS) sx_write(&s->global->overdue, overdue); /* it was not a whole one */
  return taken;
}

#endif /* SCXX_BPF_RECLAIM_H_ */
