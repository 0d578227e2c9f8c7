/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keys.h: whether a wakeup is worth an interruption, without asking the agent.
 *
 * To interrupt a CPU for a decision costs an activation of the agent, and most of the time the
 * answer would be no: of tasks that run for microseconds, none is ahead of another by much. A
 * policy that orders tasks by a key (a virtual time; smaller is sooner) can publish enough for a
 * test here:
 *
 *   with each record   its key when the run begins (vtime), how fast that grows while it runs
 *                      (pace, per 1,024 ns), and what it gains by a sleep at most (lead)
 *   when it parks      the earliest key that any task can wake with (wake_floor), and how far ahead
 *                      a task must be (wake_margin)
 *
 *   wakes   max(wake_key, wake_floor), wake_key = vtime - lead
 *   runs    owner_key + time since owner_since * owner_pace / 1024
 *
 * A wakeup that interrupts nobody waits until ops.dispatch is called, and is compared there with
 * the record that would be next (waking_key), if that is going to run for long: a hog behind a
 * burst of short tasks should not go first because the wakeup came during the burst. Short tasks
 * that are ready are quicker done than the agent is asked.
 *
 * The test errs on the side of asking: a wake key is a lower bound, a running one an upper bound,
 * and whoever has none is asked about. What it reads may be some decisions old, or another CPU's in
 * the middle of a change: a wrong answer costs one activation, or one wait until the end of a turn.
 */
#ifndef SCXX_BPF_KEYS_H_
#define SCXX_BPF_KEYS_H_

#include "bpf/scene.h"

/* Of a task that is dispatched directly nobody has said how fast its key will grow: at least its
 * virtual time does, and so many times faster what the policy makes of it. */
#define DIRECT_PACE 8

/* Tasks of these kinds interrupt nobody. */
#define SCXX_TASK_QUIET (SCXX_TASK_BATCH | SCXX_TASK_IDLE)

static __always_inline bool key_before(scxx_u64 a, scxx_u64 b) { return (scxx_s64)(a - b) < 0; }

/* 0: none. */
static __always_inline scxx_u64 wake_key(struct scxx_task* task, struct scxx_agent* agent) {
  scxx_u64 floor = sx_read(&agent->wake_floor);

  if (!task->wake_key) return 0;
  return key_before(task->wake_key, floor) ? floor : task->wake_key;
}

static __always_inline scxx_u64 wake_key_of(const struct scxx_record* record) {
  return record->pace ? (record->vtime - record->lead) | 1 : 0; /* 0 means none */
}

/* What runs on a CPU, and how its key grows from `since` on. */
static __always_inline void set_owner(struct scxx_cpu* cpu, struct scxx_task* task, scxx_u32 slot,
                                      scxx_u64 since, scxx_u64 key, scxx_u32 pace) {
  cpu->owner_since = since;
  cpu->owner_pid = task->pid;
  cpu->owner_slot = slot;
  cpu->owner_key = key;
  cpu->owner_pace = pace;
  cpu->run_limit = cpu->ran_kernel = 0;
}

/* It was dispatched without a record. */
static __always_inline void set_direct_owner(const struct scene* s, struct scxx_cpu* cpu,
                                             struct task_struct* p, struct scxx_task* task,
                                             scxx_u32 slot) {
  scxx_u64 key = wake_key(task, s->agent);
  scxx_u32 weight = p->scx.weight;

  set_owner(cpu, task, slot, s->now, key,
            key ? DIRECT_PACE * 1024 * 100 / (weight ? weight : 1) : 0);
}

/* It interrupts nobody now. The agent clears the note by its next activation. */
static __always_inline void note_waking(const struct scene* s, struct scxx_task* task) {
  scxx_u64 key = wake_key(task, s->agent);
  scxx_u64 noted = sx_read(&s->global->waking_key);

  if (key && (!noted || key_before(key, noted))) sx_write(&s->global->waking_key, key);
}

/* The wakeups since the last activation should be decided about before this ring's next record. */
KX_FN int waking_beats_next(scxx_u32 ring_index) {
  struct scxx_dispatch_ring* ring = kx_dispatch(ring_index);
  struct scxx_global* global = kx_global();
  struct scxx_agent* agent = kx_agent();
  struct scxx_cpu* owner = kx_cpu(ring_index);
  struct scxx_record* next;
  scxx_u64 key, at;

  if (!ring || !global || !agent || !owner) return false;
  key = sx_read(&global->waking_key);
  if (!key) return false;
  at = sx_read(&owner->dispatch_head);
  if (sx_read(&ring->tail) == at) return false;
  next = &ring->records[at & (SCXX_DISPATCH_RING - 1)];
  return sx_read(&next->pace) && sx_read(&next->flags) & SCXX_RECORD_LONG &&
         key_before(key + sx_read(&agent->wake_margin), sx_read(&next->vtime));
}

/* A task that wakes may be far enough ahead of what runs on `cpu`. */
static __always_inline bool wakeup_beats(const struct scene* s, struct scxx_task* task,
                                         struct scxx_cpu* cpu) {
  scxx_u64 key = wake_key(task, s->agent);
  scxx_u64 running;

  if (!key || !cpu->owner_pid || !cpu->owner_pace) return true;
  running = cpu->owner_key + ((s->now - cpu->owner_since) * cpu->owner_pace >> 10);
  return key_before(key + sx_read(&s->agent->wake_margin), running);
}

#endif /* SCXX_BPF_KEYS_H_ */
