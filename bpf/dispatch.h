/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dispatch.h: ops.dispatch and ops.update_idle: what a CPU runs next.
 */
#ifndef SCXX_BPF_DISPATCH_H_
#define SCXX_BPF_DISPATCH_H_

#include "bpf/records.h"
#include "bpf/turn.h"

#define TAKEN_TRIES 4 /* rings of a word: each may bounce a task into the kernel's finite buffer */

/* Of the CPUs of one word of the mask. */
KX_FN int take_from_taken_of(scxx_u32 base, scxx_u64 taken, scxx_u32 cpu, scxx_u64 now) {
  scxx_u32 tries = 0;
  scxx_u32 n = 0;

  kx_for(n, 64) {
    scxx_u32 from = base + (lowest_bit(taken) & 63);

    if (!taken) break;
    taken &= taken - 1;
    if (!records_in(from)) continue;
    if (tries++ == TAKEN_TRIES) {
      kx_kick(cpu, SCX_KICK_IDLE); /* for the others, if it finds nothing else */
      return false;
    }
    if (consume_ring(from, false, cpu, now)) return true;
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
  kx_for(i, (cfg.online_end + 63) / 64) {
    scxx_u64 taken = sx_read(&global->taken_mask[i & (SCXX_MASK_WORDS - 1)]);

    if (taken && take_from_taken_of(i * 64, taken, cpu, now)) return true;
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
    if (consume_queue(i + 1, cpu, now)) return true;
  }
  return false;
}

/* The agent runs only because the server must find something. */
static __always_inline void agent_may_nap(const struct scene* s) {
  if (!kx_higher(s->cpu)) sx_write(&s->global->nap, 1);
}

/*
 * The server has found tasks on this CPU's run queue, and we have none for it that belongs here:
 * they wait for the policy or in other CPUs' queues, or it is the agent. One of them runs here all
 * the same. Empty-handed, the server would stop, and not begin again while the run queue is not
 * empty: a kernel thread that wakes in this time would be stuck, and the kernel would eject us.
 */
KX_FN int offer_anything(scxx_u32 cpu, scxx_u64 now) {
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  if (consume_any_queue(cpu, now)) return true;
  if (reclaim_one_on(cpu, now)) return consume_queue(cpu + 1, cpu, now);
  if (!sx_read(&s.global->parked) || !agent_fetch(&s)) return false;
  agent_may_nap(&s);
  return true;
}

/* It is the server that has sent us, whether the timer knows this CPU as taken or not. */
static __always_inline bool server_asks(const struct scene* s) {
  return kx_nr_runnable(s->cpu) && (kx_higher(s->cpu) || kx_server_asks(s->cpu));
}

/* A higher class keeps every CPU. */
static __always_inline bool all_are_taken(struct scxx_global* global) {
  return sx_read(&global->taken) >= cfg.nr_online;
}

/* A higher class keeps this CPU, and its server has sent us: what can run nowhere else first. */
KX_FN int dispatch_on_taken_cpu(scxx_u32 cpu, scxx_u64 now) {
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  if (fetch_stuck_agent(&s, true)) return true;
  if (all_are_taken(s.global) || queue_old(&s.global->kernel, 0, now)
          ? consume_kernel(cpu, now)
          : consume_queue(cpu + 1, cpu, now))
    return true;
  return consume_ring(cpu, false, cpu, now) || consume_queue(0, cpu, now) ||
         consume_ring(cfg.nr_cpus, false, cpu, now) || fetch_stuck_agent(&s, false);
}

/* The CPU of an agent that spins: it goes first, then what may run nowhere else. Other tasks are
 * kept off, unless the kernel schedules and the agent does not. */
KX_FN int dispatch_on_agent_cpu(scxx_u32 cpu, scxx_u64 now) {
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  if (sx_read(&s.global->parked) && agent_fetch(&s)) return true;
  if (queue_busy(&s.here->kernel) && kernel_turn(cpu, now, PREV_NONE, 0) == TURN_OF_KERNEL &&
      consume_queue(cpu + 1, cpu, now))
    return true;
  if (consume_ring(cpu, false, cpu, now) || consume_queue(cpu + 1, cpu, now)) return true;
  return sx_read(&s.global->fallback) && consume_queue(0, cpu, now);
}

/* The agent before the records that wait here: see keys.h. */
static __always_inline bool waking_first(const struct scene* s) {
  if (!sx_read(&s->global->waking_key) || !agent_wanted(s)) return false;
  return waking_beats_next(s->cpu) || waking_beats_next(cfg.nr_cpus);
}

/* Nobody waits: the agent is parked and found nothing to do, or has no task in hand. */
static __always_inline bool nobody_waits(struct scxx_global* global) {
  return sx_read(&global->parked) || (scxx_s64)(tasks_queued() - tasks_decided()) <= 0;
}

/* Asked anew after whatever can let go of the run queue's lock: prev may have left the queue. */
static __always_inline bool still_queued(struct task_struct* prev) {
  return prev->scx.flags & SCX_TASK_QUEUED;
}

/* prev goes on, without passing through user space. */
static __always_inline void extend(struct task_struct* prev, struct scxx_cpu* here,
                                   scxx_u64 slice) {
  count_here(here, SCXX_CNT_EXTENDED);
  here->yielded_pid = 0;
  here->run_limit = 0;
  kx_set_slice(prev, slice);
}

/* Whose task prev is, if it has not given its turn away. */
static __always_inline scxx_u32 side_of(const struct scene* s, struct task_struct* prev,
                                        bool interrupted) {
  if (!interrupted || !prev || is_agent(s->global, prev)) return PREV_NONE;
  if (s->here->ran_kernel) return PREV_KERNEL;
  return prev->flags & PF_KTHREAD ? PREV_NONE : PREV_POLICY; /* one that was served at once */
}

/* prev is of that side and has not yielded. */
static __always_inline bool would_go_on(const struct scene* s, struct task_struct* prev,
                                        scxx_u32 side, scxx_u32 wanted) {
  return side == wanted && still_queued(prev) && prev->pid != s->here->yielded_pid;
}

/* prev is the kernel's. */
static __always_inline bool extend_kernel(const struct scene* s, struct task_struct* prev) {
  scxx_u64 slice = kernel_slice(prev);

  kx_set_slice(prev, slice);
  s->here->last_dispatch = s->now;
  s->here->run_limit = 0;
  short_turn_begin(s, slice);
  return true;
}

/* prev is the policy's, and nobody waits for a decision or with one. */
static __always_inline bool extend_policy(const struct scene* s, struct task_struct* prev) {
  if (!nobody_waits(s->global) || sx_read(&s->global->fallback)) return false;
  extend(prev, s->here, cfg.slice_default);
  s->here->last_dispatch = s->now;
  return true;
}

static __always_inline bool kernel_next(const struct scene* s, struct task_struct* prev,
                                        scxx_u32 side) {
  if (would_go_on(s, prev, side, PREV_KERNEL) && keeps_prev(s, prev)) return extend_kernel(s, prev);
  return consume_kernel(s->cpu, s->now);
}

/*
 * Something for this CPU besides the agent that comes first, in order: the kernel's queues if it is
 * their turn, rings of taken CPUs, own ring, any ring, the agent if it holds tasks, the kernel's
 * queues, other CPUs' rings. Where tasks wait in those queues and it is not their turn, prev goes
 * on: with the two sides taking turns, a light task would have as much as a heavy one.
 */
static __always_inline bool dispatch_task(const struct scene* s, struct task_struct* prev,
                                          scxx_u32 side, int turn) {
  if (turn == TURN_OF_KERNEL && kernel_next(s, prev, side)) return true;
  if (turn == TURN_GOES_ON && would_go_on(s, prev, side, PREV_KERNEL) && !nobody_waits(s->global))
    return extend_kernel(s, prev);
  /* Those of taken CPUs first, for on busy CPUs there are always others. */
  if (sx_read(&s->global->taken) && take_from_taken(s->cpu, s->now)) return true;
  if (take_record(s, s->cpu) || take_record(s, cfg.nr_cpus)) return true;
  if (agent_useful(s) && agent_fetch(s)) return true;
  if (kernel_busy(s)) {
    if (turn == TURN_OF_POLICY && would_go_on(s, prev, side, PREV_POLICY) && extend_policy(s, prev))
      return true;
    if (kernel_next(s, prev, side)) return true;
  }
  return cfg.online_end > 1 && steal(s->cpu, s->now);
}

/* What has been `reclaimed` has waited for long: it goes before a record, perhaps a long run. */
static __always_inline bool dispatch_one(const struct scene* s, struct task_struct* prev,
                                         bool interrupted, bool reclaimed) {
  bool queues = kernel_busy(s) || s->here->ran_kernel;
  scxx_u32 side = side_of(s, prev, interrupted && queues);
  int turn = TURN_OF_POLICY;

  if (agent_cpu(s->global) == s->cpu + 1) return dispatch_on_agent_cpu(s->cpu, s->now);
  if (cpu_is_taken(s->global, s->cpu)) return dispatch_on_taken_cpu(s->cpu, s->now);
  /* Also if it is the agent that comes first: what has run until now is counted by it. */
  if (queues) turn = kernel_turn(s->cpu, s->now, side, side ? weight_of(prev) : 0);
  if ((agent_first(s, interrupted) || waking_first(s)) && agent_fetch(s)) return true;
  return dispatch_task(s, prev, side, reclaimed ? TURN_OF_KERNEL : turn);
}

/* Records that gave this CPU nothing: room in a ring that the agent took for full. */
static __always_inline scxx_u64 records_void(struct scxx_cpu* here) {
  return here->counters[SCXX_CNT_STALE] + here->counters[SCXX_CNT_BAD_RECORD] +
         here->counters[SCXX_CNT_BOUNCED];
}

static __always_inline void dispatch_prev(const struct scene* s, struct task_struct* prev,
                                          bool room) {
  if (!still_queued(prev)) return;
  if (!is_agent(s->global, prev)) {
    if (nobody_waits(s->global) || cpu_is_taken(s->global, s->cpu))
      extend(prev, s->here, slice_here(s, prev, cfg.slice_default));
  } else if (!sx_read(&s->global->yielded)) {
    kx_set_slice(prev, cfg.agent_slice); /* not a park: the lease goes on counting */
  } else if (agent_cpu(s->global) || agent_has_reason(s) ||
             (room && sx_read(&s->agent->nr_queued))) {
    agent_continue(s, prev);
  } else if (server_asks(s)) {
    agent_may_nap(s);
    agent_continue(s, prev);
  }
}

/* It would, that is: an agent that has yielded does not. */
static __always_inline bool goes_on(const struct scene* s, struct task_struct* prev) {
  return prev && still_queued(prev) && !(is_agent(s->global, prev) && sx_read(&s->global->yielded));
}

static __always_inline void on_dispatch(scxx_u32 cpu, struct task_struct* prev) {
  bool interrupted = prev && still_queued(prev);
  scxx_u64 void_before;
  struct scene s;

  if (!scene_begin(&s, cpu, kx_now())) return;
  void_before = records_void(s.here);
  count_here(s.here, SCXX_CNT_DISPATCH_CALLS);
  if (prev && cpu_is_idle(s.global, cpu)) not_idle(s.global, cpu);
  if (prev && is_agent(s.global, prev)) drain_kicks(s.agent);
  if (dispatch_one(&s, prev, interrupted, reclaim_some(&s)) ||
      (!goes_on(&s, prev) && server_asks(&s) && offer_anything(cpu, s.now))) {
    /* If it was the agent that this CPU had been called for, another one has to come. */
    if (agent_needed(&s)) kick_idle_for_agent(&s);
    return;
  }
  if (!(prev && is_agent(s.global, prev)) && agent_missed(cpu, s.now)) return;
  if (prev) dispatch_prev(&s, prev, records_void(s.here) != void_before);
}

/* ---- ops.update_idle ---- */

static __always_inline bool work_for_idle(const struct scene* s) {
  return agent_wanted(s) || records_in(s->cpu) || records_in(cfg.nr_cpus) ||
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
