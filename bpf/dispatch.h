/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch.h: ops.dispatch and ops.update_idle: what a CPU runs next.
 *
 * A record is honoured only if it is still true, in this order:
 *
 *   1 copy it and claim it (rings.h); check its slot and slice
 *   2 the custody word is USER with the record's enqueue count
 *   3 insert the task into this CPU's local DSQ (buffered by the kernel, with the task's own
 *     sequence number of this moment)
 *   4 custody word USER(n) -> DISPATCHED, by compare-and-swap
 *   5 the task may run here
 *   6 if 4 or 5 failed, cancel the insert
 *
 * A re-enqueue (property change, affinity change) between 2 and 3 changes the word, so 4 fails. One
 * after 3 changes the kernel's sequence number, so the kernel drops the insert when the buffer is
 * flushed. An affinity change before 3 is seen by 5; one after 3 re-enqueues the task and is the
 * previous case. So no task is inserted where it may not run, which the kernel would answer by
 * ejecting the scheduler, and no task is lost: each failure leaves it either in user custody with a
 * newer event, or with whoever won the word.
 */
#ifndef SCXX_BPF_DISPATCH_H_
#define SCXX_BPF_DISPATCH_H_

#include "bpf/enqueue.h"

/* Records looked at in one ops.dispatch before the kernel is given a breath. */
#define RECORD_TRIES 16

/* floor(log2(ns)), 0 for 0. */
KX_FN int log2_of(scxx_u64 ns) {
  int bucket = 0;

  if (ns >> 32) {
    ns >>= 32;
    bucket += 32;
  }
  if (ns >> 16) {
    ns >>= 16;
    bucket += 16;
  }
  if (ns >> 8) {
    ns >>= 8;
    bucket += 8;
  }
  if (ns >> 4) {
    ns >>= 4;
    bucket += 4;
  }
  if (ns >> 2) {
    ns >>= 2;
    bucket += 2;
  }
  return bucket + (ns >> 1 ? 1 : 0);
}

static __always_inline void histogram_add(struct scxx_cpu* here, scxx_u64 ns) {
  int octave = log2_of(ns) & 63;
  scxx_u32 bucket = octave < 2 ? ns & 3 : (octave - 1) * 4 + (ns >> (octave - 2) & 3);

  here->inserted_after[bucket & (SCXX_HIST_BUCKETS - 1)]++;
}

static __always_inline scxx_u64 record_slice(const struct scxx_record* record) {
  if (!record->slice) return cfg.slice_default;
  return record->slice < cfg.slice_max ? record->slice : cfg.slice_max;
}

/* Step 5 failed: the policy meant well but its CPU will not do. The kernel finds the task a CPU. */
static __always_inline void bounce(const struct scene* s, struct task_struct* p,
                                   struct scxx_task* task, scxx_u32 slot, scxx_u64 slice) {
  scxx_u32 home = kernel_home(s, p, slot);

  count_here(s->here, SCXX_CNT_BOUNCED);
  kernel_insert(s, p, home, slice, task->enqueued_at);
  kick_home(s, p, slot, home);
}

static __always_inline void note_dispatch(const struct scene* s, struct scxx_task* task,
                                          struct scxx_record* record, scxx_u64 slice) {
  task->started_at = s->now;
  task->exec_at_start = task->sum_exec;
  task->slice = slice;
  task->vtime = record->vtime;
  task->wake_key = wake_key_of(record);
  histogram_add(s->here, s->now - task->enqueued_at);
  count_here(s->here, SCXX_CNT_DISPATCHED);
}

enum honour_result { RECORD_DROPPED, RECORD_HONOURED, RECORD_BOUNCED };

/* Steps 1 (the check) to 6. */
static __always_inline int honour(const struct scene* s, struct scxx_record* record) {
  struct scxx_task* task = record->slot < cfg.max_tasks ? kx_task(record->slot) : 0;
  scxx_u64 slice = record_slice(record);
  scxx_u32 limit;
  struct task_struct* p;
  scxx_u64 word;

  if (!task) {
    count_here(s->here, SCXX_CNT_BAD_RECORD);
    return RECORD_DROPPED;
  }
  word = sx_read(&task->custody);
  p = kx_slot_task(record->slot);
  if (!p || !custody_is_user(word, record->enq_cnt)) {
    count_here(s->here, SCXX_CNT_STALE);
    return RECORD_DROPPED;
  }
  limit = crowd_limit(s, p, kernel_busy(s));
  slice = crowd_slice(limit, slice);
  if (runs_by_server(s->global, p, s->cpu)) slice = 1;
  kx_insert(p, SCX_DSQ_LOCAL, slice, 0);
  if (!custody_take(&task->custody, word, SCXX_CUSTODY_DISPATCHED)) {
    kx_cancel();
    count_here(s->here, SCXX_CNT_STALE);
    return RECORD_DROPPED;
  }
  note_dispatch(s, task, record, slice);
  if (!kx_allowed(p, s->cpu)) {
    kx_cancel();
    bounce(s, p, task, record->slot, slice);
    return RECORD_BOUNCED;
  }
  s->here->last_dispatch = s->now;
  s->here->ran_kernel = 0;
  set_owner(s->here, task, record->slot, s->now, record->vtime, record->pace);
  crowd_begin(s, limit, slice);
  return RECORD_HONOURED;
}

/* A record of a ring was taken, and this CPU may have a task for it. */
static __always_inline void note_taken(const struct scene* s, scxx_u32 ring_index) {
  if (ring_index != s->cpu && ring_index < cfg.nr_cpus) note_change(s->agent, ring_index);
  note_change(s->agent, s->cpu);
}

/*
 * Runs the first record of a ring that is still true. Stops at a bounce: its insert waits in the
 * kernel's buffer, which is finite, and the kernel calls again after flushing it.
 */
KX_FN int consume_ring(scxx_u32 ring_index, scxx_u32 unpinned_only, scxx_u32 cpu, scxx_u64 now) {
  struct scxx_dispatch_ring* ring = kx_dispatch(ring_index);
  struct scxx_cpu* owner = kx_cpu(ring_index);
  struct scxx_record record;
  scxx_u32 i = 0;
  struct scene s;

  if (!ring || !owner || !scene_begin(&s, cpu, now)) return false;
  kx_for(i, RECORD_TRIES) {
    int result = ring_claim(&owner->dispatch_head, ring, unpinned_only, &record);

    if (result == RING_EMPTY) return false;
    if (result == RING_BAD) {
      count_here(s.here, SCXX_CNT_BAD_RECORD);
      return false;
    }
    if (result != RING_TAKEN) continue;
    result = honour(&s, &record);
    note_taken(&s, ring_index);
    if (result != RECORD_DROPPED) return result == RECORD_HONOURED;
  }
  /* There may be a true one behind them: should the CPU find nothing else, it comes back. */
  kx_kick(cpu, SCX_KICK_IDLE);
  return false;
}

/* The same for what this CPU may take, without a call where nothing waits: most rings are empty. */
static __always_inline bool take_record(const struct scene* s, scxx_u32 ring_index) {
  return record_waits(ring_index) && consume_ring(ring_index, false, s->cpu, s->now);
}

/*
 * Before going idle: an unpinned record in the ring of a CPU that is busy. An idle CPU with a
 * record has been kicked and is on its way; taking its record would only make two CPUs run for
 * nothing.
 */
KX_FN int steal(scxx_u32 cpu, scxx_u64 now) {
  struct scxx_global* global = kx_global();
  struct scxx_cpu* here = kx_cpu(cpu);
  scxx_u32 i = 0;

  if (!global || !here) return false;
  kx_for(i, cfg.online_end - 1) {
    scxx_u32 victim = (cpu + 1 + i) % cfg.online_end;
    struct scxx_dispatch_ring* ring;
    struct scxx_cpu* owner;

    ring = kx_dispatch(victim);
    owner = kx_cpu(victim);
    if (!ring || !owner || !ring_waiting(&owner->dispatch_head, ring) ||
        cpu_is_idle(global, victim))
      continue;
    if (consume_ring(victim, true, cpu, now)) {
      count_here(here, SCXX_CNT_STOLEN);
      return true;
    }
  }
  return false;
}

/*
 * All records of CPUs that a higher class keeps, also those that were meant for these: what may run
 * nowhere else bounces into its CPU's queue, from which the server takes it.
 */
KX_FN int take_from_taken(scxx_u32 cpu, scxx_u64 now) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;

  if (!global) return false;
  kx_for(i, cfg.online_end) {
    if (cpu_is_taken(global, i) && record_waits(i) && consume_ring(i, false, cpu, now)) return true;
  }
  return false;
}

/* An agent that no other CPU can fetch: if it is wanted, and before the server finds nothing, which
 * would stop it for good. */
static __always_inline bool fetch_stuck_agent(const struct scene* s, bool only_if_wanted) {
  if (only_if_wanted && !agent_wanted(s)) return false;
  return sx_read(&s->global->parked) && agent_is_stuck() && agent_fetch(s);
}

/* Anything that may run here, of other CPUs' queues. */
KX_FN int consume_any_queue(scxx_u32 cpu, scxx_u64 now) {
  scxx_u32 i = 0;

  kx_for(i, cfg.online_end) {
    if (i == cpu) continue;
    kx_shorten_first(dsq_of(i + 1));
    if (consume_queue(i + 1, cpu, now)) return true;
  }
  return false;
}

/*
 * The server has found tasks on this CPU's run queue, and we have none for it that belongs here:
 * they wait for the policy or in other CPUs' queues, or it is the agent. One of them runs here all
 * the same. Empty-handed, the server would stop, and not begin again while the run queue is not
 * empty: a kernel thread that wakes in this time would be stuck, and the kernel would eject us.
 */
static __always_inline bool offer_anything(const struct scene* s) {
  if (!kx_nr_runnable(s->cpu)) return false;
  if (consume_any_queue(s->cpu, s->now)) return true;
  if (reclaim_one_on(s->cpu, s->now)) return consume_queue(s->cpu + 1, s->cpu, s->now);
  return sx_read(&s->global->parked) && agent_fetch(s);
}

/* A higher class keeps this CPU, and its server has sent us: what can run nowhere else first. */
static __always_inline bool dispatch_on_taken_cpu(const struct scene* s, bool goes_on) {
  if (fetch_stuck_agent(s, true)) return true;
  kx_shorten_first(KERNEL_DSQ);
  if (consume_kernel(s->cpu, s->now) || consume_ring(s->cpu, false, s->cpu, s->now) ||
      fetch_stuck_agent(s, false))
    return true;
  return !goes_on && offer_anything(s);
}

/* The CPU of an agent that spins: it goes first, then what may run nowhere else. Other tasks are
 * kept off, unless the kernel schedules and the agent does not. */
static __always_inline bool dispatch_on_agent_cpu(const struct scene* s) {
  if (sx_read(&s->global->parked) && agent_fetch(s)) return true;
  if (queue_busy(&s->here->kernel) && kernel_turn(s->cpu, s->now, PREV_NONE) == TURN_OF_KERNEL &&
      consume_queue(s->cpu + 1, s->cpu, s->now))
    return true;
  if (consume_ring(s->cpu, false, s->cpu, s->now) || consume_queue(s->cpu + 1, s->cpu, s->now))
    return true;
  return sx_read(&s->global->fallback) && consume_queue(0, s->cpu, s->now);
}

/* The agent before the records that wait here: see keys.h. */
static __always_inline bool waking_first(const struct scene* s) {
  if (!sx_read(&s->global->waking_key) || !agent_wanted(s)) return false;
  return waking_beats_next(s, s->cpu) || waking_beats_next(s, cfg.nr_cpus);
}

/* Nobody waits: the agent is parked and found nothing to do, or has no task in hand. */
static __always_inline bool nobody_waits(struct scxx_global* global) {
  return sx_read(&global->parked) || (scxx_s64)(tasks_queued() - tasks_decided()) <= 0;
}

/* The kernel's queues, if it is their turn, or a task of theirs that goes on. */
static __always_inline bool kernel_first(const struct scene* s, struct task_struct* prev,
                                         bool goes_on) {
  scxx_u32 side = PREV_NONE;
  int turn;

  if (!kernel_busy(s) && !s->here->ran_kernel) return false;
  if (goes_on && !is_agent(s->global, prev)) side = s->here->ran_kernel ? PREV_KERNEL : PREV_POLICY;
  turn = kernel_turn(s->cpu, s->now, side);
  if (turn == TURN_OF_KERNEL) return consume_kernel(s->cpu, s->now);
  if (turn != TURN_GOES_ON || !prev || nobody_waits(s->global)) return false;
  kx_set_slice(prev, cfg.fallback_slice);
  s->here->last_dispatch = s->now;
  return true;
}

/* Something for this CPU, in order: the kernel's queues if it is their turn, own ring, any ring,
 * the agent if it holds tasks, the kernel's queues, other CPUs' rings. */
static __always_inline bool dispatch_one(const struct scene* s, struct task_struct* prev) {
  bool interrupted = prev && prev->scx.flags & SCX_TASK_QUEUED;

  if (agent_cpu(s->global) == s->cpu + 1) return dispatch_on_agent_cpu(s);
  if (cpu_is_taken(s->global, s->cpu)) return dispatch_on_taken_cpu(s, interrupted);
  if ((agent_first(s, interrupted) || waking_first(s)) && agent_fetch(s)) return true;
  if (kernel_first(s, prev, interrupted)) return true;
  if (take_record(s, s->cpu) || take_record(s, cfg.nr_cpus)) return true;
  if (sx_read(&s->global->taken) && take_from_taken(s->cpu, s->now)) return true;
  if (agent_useful(s) && agent_fetch(s)) return true;
  if (kernel_busy(s) && consume_kernel(s->cpu, s->now)) return true;
  return cfg.online_end > 1 && steal(s->cpu, s->now);
}

/* prev yielded or used up its slice, and nothing else waits: it goes on, without passing through
 * user space. */
static __always_inline void extend(struct task_struct* prev, struct scxx_cpu* here,
                                   scxx_u64 slice) {
  count_here(here, SCXX_CNT_EXTENDED);
  here->yielded_pid = 0;
  kx_set_slice(prev, slice);
}

/* Records that gave this CPU nothing: room in a ring that the agent took for full. */
static __always_inline scxx_u64 records_void(struct scxx_cpu* here) {
  return here->counters[SCXX_CNT_STALE] + here->counters[SCXX_CNT_BAD_RECORD] +
         here->counters[SCXX_CNT_BOUNCED];
}

static __always_inline void dispatch_prev(const struct scene* s, struct task_struct* prev,
                                          bool room) {
  if (!(prev->scx.flags & SCX_TASK_QUEUED)) return;
  if (!is_agent(s->global, prev)) {
    if (nobody_waits(s->global) || cpu_is_taken(s->global, s->cpu))
      extend(prev, s->here, runs_by_server(s->global, prev, s->cpu) ? 1 : cfg.slice_default);
  } else if (!sx_read(&s->global->yielded)) {
    kx_set_slice(prev, cfg.agent_slice); /* not a park: the lease goes on counting */
  } else if (agent_cpu(s->global) || agent_has_reason(s) ||
             (room && sx_read(&s->agent->nr_queued))) {
    agent_continue(s, prev);
  }
}

static __always_inline void on_dispatch(scxx_u32 cpu, struct task_struct* prev) {
  scxx_u64 void_before;
  struct scene s;

  if (!scene_begin(&s, cpu, kx_now())) return;
  void_before = records_void(s.here);
  count_here(s.here, SCXX_CNT_DISPATCH_CALLS);
  if (prev && cpu_is_idle(s.global, cpu)) not_idle(s.global, cpu);
  if (prev && is_agent(s.global, prev)) drain_kicks(s.agent);
  reclaim_some(&s);
  if (dispatch_one(&s, prev)) {
    /* If it was the agent that this CPU had been called for, another one has to come. */
    if (agent_needed(&s)) kick_idle_for_agent(&s);
    return;
  }
  if (!(prev && is_agent(s.global, prev)) && agent_missed(&s)) return;
  if (prev) dispatch_prev(&s, prev, records_void(s.here) != void_before);
}

/* ---- ops.update_idle ---- */

static __always_inline bool work_for_idle(const struct scene* s) {
  return agent_wanted(s) || record_waits(s->cpu) || record_waits(cfg.nr_cpus) ||
         (queue_busy(&s->global->kernel) && kx_dsq_waiting(KERNEL_DSQ)) ||
         (queue_busy(&s->here->kernel) && kx_dsq_waiting(dsq_of(s->cpu + 1)));
}

static __always_inline void on_update_idle(scxx_u32 cpu, bool idle) {
  struct scene s;

  if (!scene_begin(&s, cpu, 0)) return;
  if (!idle) {
    not_idle(s.global, cpu);
    /* A wakeup that saw this CPU idle has left it to us to run the agent. */
    if (agent_needed(&s)) kick_idle_for_agent(&s);
    return;
  }
  s.here->owner_pid = 0;
  /* I1 of idle.h, and I2. */
  sx_or(&s.global->idle_mask[mask_word(cpu)], 1ull << (cpu & 63));
  if (cfg.smt) note_core(cpu);
  note_change_after_barrier(s.agent, cpu); /* what leaves idle without a record has no owner */
  if (work_for_idle(&s)) kx_kick(cpu, SCX_KICK_IDLE);
}

#endif /* SCXX_BPF_DISPATCH_H_ */
