/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * enqueue.h: ops.select_cpu, ops.enqueue and ops.yield: where a task that wants to run goes.
 *
 * In order: the agent to its park; its other threads, when they wake, to their CPU; kernel threads
 * as kthread.h says (none of them must ever wait for user space); a task without a slot, or during
 * a fallback, or stuck beside a higher class, to a queue of the kernel's; everything else into user
 * custody, with an event.
 */
#ifndef SCXX_BPF_ENQUEUE_H_
#define SCXX_BPF_ENQUEUE_H_

#include "bpf/fallback.h"
#include "bpf/keys.h"
#include "bpf/kthread.h"

/* ---- ops.select_cpu ---- */

static __always_inline bool nothing_waits(const struct scene* s) {
  return (cfg.agent_cpu || sx_read(&s->global->parked)) && !agent_has_reason(s) &&
         !sx_read(&s->agent->nr_queued) && !sx_read(&s->global->fallback) &&
         !queue_busy(&s->global->kernel);
}

/* A wait that a suspend has ended, in which the kernel schedules by itself and says nothing. */
static __always_inline void end_forgotten_wait(struct scxx_task* task, scxx_u64 word) {
  if (custody_take(&task->custody, word, SCXX_CUSTODY_DISPATCHED)) count(SCXX_CNT_CANCELLED, 1);
}

/* It ran from a queue of the kernel's last, which has let go of its weight. */
static __always_inline void weigh_no_more(struct task_struct* p) {
  struct scxx_account* account = kx_account(p);

  if (account) account->weighs = 0;
}

/* p wakes or is new, so its slot is nobody else's: it is neither waiting nor running. `cpu` runs it
 * next, and must know: a task that wakes later may be worth interrupting it. */
static __always_inline void insert_direct(const struct scene* s, struct task_struct* p,
                                          struct scxx_task* task, scxx_u32 slot,
                                          struct scxx_cpu* cpu) {
  scxx_u64 word = sx_read(&task->custody);

  task->started_at = s->now;
  task->exec_at_start = task->exec_at_wake = p->se.sum_exec_runtime;
  task->slice = cfg.slice_default;
  if (custody_state(word) == SCXX_CUSTODY_KERNEL) weigh_no_more(p);
  if (custody_state(word) == SCXX_CUSTODY_USER)
    end_forgotten_wait(task, word);
  else
    sx_write(&task->custody, custody_with_state(word, SCXX_CUSTODY_DISPATCHED));
  kx_insert(p, SCX_DSQ_LOCAL, cfg.slice_default, 0);
  set_direct_owner(s, cpu, p, task, slot);
  /* To see a higher class that takes this CPU from it, while another could have it. */
  if (cfg.nr_online > 1) timer_within(s, 4 * cfg.timer_busy);
  count(SCXX_CNT_DIRECT, 1);
}

/* The policy allows it, nothing waits, and a CPU is free: dispatch now. The next event reports the
 * CPU time it used. */
static __always_inline void dispatch_direct(struct task_struct* p, scxx_u32 cpu) {
  struct scxx_cpu* target = kx_cpu(cpu);
  int slot = kx_slot_of(p);
  struct scxx_task* task = slot >= 0 ? kx_task(slot) : 0;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), 0) || !target || !task) return;
  if (!nothing_waits(&s) || queue_busy(&target->kernel)) return;
  s.now = kx_now();
  insert_direct(&s, p, task, slot, target);
  note_change(s.agent, cpu);
}

static __always_inline scxx_s32 on_select_cpu(struct task_struct* p, scxx_s32 prev_cpu,
                                              scxx_u64 wake_flags) {
  struct scxx_global* global = kx_global();
  bool idle = false;
  scxx_s32 cpu;

  if (cfg.agent_cpu && global && is_agent(global, p) && agent_cpu(global)) return cfg.agent_cpu - 1;
  cpu = kx_select_idle(p, prev_cpu, wake_flags, &idle);

  if (idle && cfg.direct && global && !is_agent_process(global, p) && !(p->flags & PF_KTHREAD))
    dispatch_direct(p, cpu);
  return cpu >= 0 ? cpu : prev_cpu;
}

/* ---- ops.enqueue ---- */

/* Why p is here, and what is left of its slice. */
static __always_inline scxx_u32 stop_reason(struct task_struct* p, struct scxx_task* task,
                                            struct scxx_cpu* here, scxx_u64 word, scxx_u64 exec,
                                            scxx_u64 flags) {
  scxx_u64 ran = exec - task->exec_at_start;

  task->residual = 0;
  if (flags & ENQ_WAKEUP) return SCXX_EVENT_WAKEUP;
  if (custody_state(word) == SCXX_CUSTODY_USER || flags & ENQ_RESTORE) return SCXX_EVENT_REQUEUE;
  if (!exec || !task->started_at) return SCXX_EVENT_NEW;
  if (here->yielded_pid == p->pid) return SCXX_EVENT_YIELD;
  if (custody_state(word) != SCXX_CUSTODY_DISPATCHED || ran >= task->slice)
    return SCXX_EVENT_SLICE_END;
  task->residual = task->slice - ran;
  return SCXX_EVENT_PREEMPTED;
}

/* What may change between two waits. */
static __always_inline scxx_u32 flags_of_wait(struct task_struct* p) {
  scxx_u32 flags = kx_pinned(p) ? SCXX_TASK_NO_MIGRATE : 0;

  if (p->policy == SCHED_BATCH) flags |= SCXX_TASK_BATCH;
  if (p->policy == SCHED_IDLE) flags |= SCXX_TASK_IDLE;
  return flags;
}

/* A task that waits is changed (nice, affinity, class): its wait ends before its slot is written
 * anew, or the agent could copy one that is half of this wait and half of the next. */
static __always_inline void end_former_wait(struct scxx_task* task, struct scxx_cpu* here,
                                            scxx_u64 word) {
  if (custody_state(word) == SCXX_CUSTODY_USER &&
      custody_take(&task->custody, word, SCXX_CUSTODY_KERNEL))
    count_here(here, SCXX_CNT_CANCELLED);
}

/* Fills the slot and hands the task to user space. The word goes last: whoever finds it in state
 * USER finds the rest written. */
static __always_inline scxx_u32 task_enqueue(const struct scene* s, struct task_struct* p,
                                             struct scxx_task* task, scxx_u64 flags) {
  scxx_u64 word = sx_read(&task->custody);
  scxx_u64 exec = p->se.sum_exec_runtime;
  scxx_u64 next = custody_next(word);
  scxx_u32 reason;

  end_former_wait(task, s->here, word);
  reason = stop_reason(p, task, s->here, word, exec, flags);
  task->enqueued_at = s->now;
  task->sum_exec = exec;
  if (reason == SCXX_EVENT_WAKEUP) task->exec_at_wake = exec;
  task->cpu = kx_task_cpu(p);
  task->weight = p->scx.weight;
  task->static_prio = p->static_prio;
  task->nvcsw = p->nvcsw;
  task->flags = (task->flags & SCXX_TASK_ALL_CPUS) | flags_of_wait(p);
  if (!(custody_count(next) & 15)) task_describe(p, task);
  sx_swap(&task->custody, next);
  count_here(s->here, SCXX_CNT_QUEUED);
  return reason;
}

/* It comes from a queue of the kernel's: who is taken back time and again has to pay for each run.
 */
static __always_inline void charge_kernel_run(const struct scene* s, struct task_struct* p,
                                              struct scxx_task* task) {
  struct scxx_account* account;

  if (custody_state(sx_read(&task->custody)) != SCXX_CUSTODY_KERNEL) return;
  account = kx_account(p);
  if (!account) return;
  if (p->se.sum_exec_runtime != task->sum_exec)
    kernel_charge(p, account, p->se.sum_exec_runtime - task->sum_exec);
  else if (account->weighs)
    queue_note_left(s, account->home, account->weighs); /* it waits, and is changed */
  account->weighs = 0;
}

/* It would wait in user custody for a CPU that a higher class keeps, and nobody else can take it.
 */
static __always_inline bool must_stay_on_taken(const struct scene* s, struct task_struct* p) {
  return sx_read(&s->global->taken) && cpu_is_taken(s->global, kx_task_cpu(p)) &&
         (nr_usable(p) == 1 || kx_pinned(p));
}

/* Of the kernel's, for this time: during a fallback, and where only the kernel can run it. */
static __always_inline bool kernel_schedules(const struct scene* s, struct task_struct* p) {
  return sx_read(&s->global->fallback) || must_stay_on_taken(s, p);
}

/* Undoes task_enqueue when there was no room for its event. */
static __always_inline bool task_enqueue_undo(struct scxx_task* task, struct scxx_cpu* here) {
  scxx_u64 word = sx_read(&task->custody);

  if (!custody_take(&task->custody, word, SCXX_CUSTODY_KERNEL)) return false;
  count_here(here, SCXX_CNT_RECLAIMED);
  return true;
}

static __always_inline bool publish(const struct scene* s, scxx_u32 slot_kind, scxx_u32 enq_cnt) {
  struct scxx_event* ring = kx_events(s->cpu);

  if (!ring) return false;
  if (!event_push(&s->here->event_tail, &s->agent->event_head[s->cpu & (SCXX_MAX_CPUS - 1)], ring,
                  cfg.event_mask, slot_kind, enq_cnt, s->now))
    return false;
  note_change_after_barrier(s->agent, s->cpu); /* the event's exchange is one */
  agent_remind(s);
  return true;
}

/* Not at once if the CPU was given something just now: of several wakeups in a row one activation
 * is enough. A tick that ends a slice and a sleep often fall together, so this is not rare. */
static __always_inline void interrupt_soon(const struct scene* s, scxx_u32 cpu,
                                           struct scxx_cpu* target) {
  scxx_s64 rest = target->last_dispatch + cfg.preempt_after - s->now;

  if (rest > 0) {
    if (!timer_is_sooner(s->agent, s->now + rest)) timer_soon(s, rest);
    return;
  }
  count_here(s->here, SCXX_CNT_KICK_PREEMPT);
  kx_kick(cpu, SCX_KICK_PREEMPT);
}

/* P3 of park.h: some CPU will dispatch and find the event. */
static __always_inline void wake_agent(const struct scene* s, struct task_struct* p,
                                       struct scxx_task* task, bool woken) {
  scxx_u32 cpu = kx_task_cpu(p);
  struct scxx_cpu* target;
  int idle;

  bool interrupts = woken && cfg.wakeup_preempt && !(task->flags & SCXX_TASK_QUIET);

  if (interrupts) note_waking(s, task);
  if (!sx_read(&s->global->parked)) return; /* it will look again before it parks */
  if (agent_cpu(s->global)) {
    kx_kick(cfg.agent_cpu - 1, SCX_KICK_PREEMPT); /* a task that may run nowhere else is there */
    return;
  }
  if (woken && cpu_is_idle(s->global, cpu) && agent_may_use(s->global, cpu))
    return; /* the kernel reschedules that CPU after a wakeup */
  idle = find_idle_for_agent(s->global, cpu);
  if (idle >= 0) {
    kick_idle(s->here, idle);
    return;
  }
  if (s->global->agent_bound && find_idle(SCXX_MAX_CPUS) >= 0) {
    agent_urge(); /* a CPU idles for want of a decision, and none of its CPUs does */
    return;
  }
  if (!interrupts) return;
  if (cpu_is_taken(s->global, cpu)) cpu = find_free_of_higher(cpu); /* that one hears no kick */
  target = kx_cpu(cpu);
  if (!target || !wakeup_beats(s, task, target)) return;
  sx_write(&target->want_agent, 1);
  interrupt_soon(s, cpu, target);
}

/* A record has waited for longer than a slice while ops.dispatch was not called. */
static __always_inline bool record_starves(const struct scene* s) {
  return (scxx_s64)(s->now - s->here->last_dispatch) > (scxx_s64)cfg.slice_default &&
         (records_in(0) || records_in(cfg.nr_cpus));
}

/* What runs here need not be interrupted for it. */
static __always_inline bool may_go_behind(const struct scene* s, struct scxx_task* task) {
  return !cfg.wakeup_preempt || !wakeup_beats(s, task, s->here);
}

/* It has just been forked. */
static __always_inline bool never_ran(struct task_struct* p) { return !p->se.sum_exec_runtime; }

/*
 * One CPU, and it runs the waker or the parent, or something that the wakeup should not interrupt:
 * with nothing waiting, going next is what any order would say. Tasks that wake each other, or fork
 * and wait, may so keep the local DSQ filled, and ops.dispatch is not called while it is: together
 * they get no more than a slice if a record waits. A new task interrupts nobody.
 */
static __always_inline bool direct_behind_running(const struct scene* s, struct task_struct* p,
                                                  struct scxx_task* task, scxx_u32 slot,
                                                  scxx_u64 flags) {
  bool woken = flags & ENQ_WAKEUP;

  if (!cfg.direct || cfg.online_end != 1 || !(woken || never_ran(p))) return false;
  if (!nothing_waits(s) || queue_busy(&s->here->kernel) || kx_dsq_waiting(SCX_DSQ_LOCAL))
    return false;
  if (record_starves(s) || (woken && !may_go_behind(s, task))) return false;
  insert_direct(s, p, task, slot, s->here);
  note_change(s->agent, s->cpu);
  return true;
}

/* A task that found the table full gets a slot as soon as there is one; one that exits has given
 * its own back. */
static __always_inline int slot_of_waiting(struct task_struct* p) {
  int slot = kx_slot_of(p);

  return slot >= 0 || p->flags & PF_EXITING ? slot : task_bind(p);
}

/* True: the kernel schedules it this time. */
static __always_inline bool enqueue_task(const struct scene* s, struct task_struct* p,
                                         scxx_u64 flags) {
  int slot = slot_of_waiting(p);
  struct scxx_task* task = slot >= 0 ? kx_task(slot) : 0;
  scxx_u32 reason;

  if (!task) {
    if (!(p->flags & PF_EXITING)) count_here(s->here, SCXX_CNT_NO_SLOT);
    return true;
  }
  if (kernel_schedules(s, p)) {
    if (task_abandon(task, s->here)) tell_taken(s);
    return true;
  }
  if (direct_behind_running(s, p, task, slot, flags)) return false;
  charge_kernel_run(s, p, task);
  reason = task_enqueue(s, p, task, flags);
  if (!publish(s, scxx_slot_kind(slot, reason), custody_count(sx_read(&task->custody)))) {
    count_here(s->here, SCXX_CNT_RING_FULL);
    if (reason == SCXX_EVENT_REQUEUE) tell_taken(s); /* it may be held still */
    return task_enqueue_undo(task, s->here);
  }
  wake_agent(s, p, task, flags & ENQ_WAKEUP);
  return false;
}

static __always_inline bool enqueue_agent(const struct scene* s, struct task_struct* p,
                                          scxx_u64 flags) {
  if (flags & ENQ_WAKEUP) {
    agent_woken(s, p);
  } else if (sx_read(&s->global->yielded)) {
    agent_park(s, p);
  } else if (sx_read(&s->global->fallback)) {
    sx_write(&s->global->parked, 0); /* it may have been, and had its affinity or weight changed */
    return true;
  } else {
    agent_interrupted(s, p);
  }
  return false;
}

static __always_inline bool enqueue_by_kind(const struct scene* s, struct task_struct* p,
                                            scxx_u64 flags) {
  if (is_agent(s->global, p)) return enqueue_agent(s, p, flags);
  if (p->flags & PF_KTHREAD) return enqueue_kthread(s, p, flags & ENQ_WAKEUP);
  if (!is_agent_process(s->global, p)) return enqueue_task(s, p, flags);
  count_here(s->here, SCXX_CNT_KTHREAD);
  /* Two that burn CPU would keep the local DSQ filled, and ops.dispatch would not be called. */
  if (!(flags & ENQ_WAKEUP)) return true;
  if (cpu_is_taken(s->global, kx_task_cpu(p)) && nr_usable(p) > 1) return true;
  kx_insert(p, SCX_DSQ_LOCAL, cfg.slice_default, KX_ENQ_PREEMPT);
  return false;
}

static __always_inline void on_enqueue(struct task_struct* p, scxx_u64 flags) {
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), kx_now()))
    kx_insert(p, SCX_DSQ_LOCAL, cfg.slice_default, 0);
  else if (enqueue_by_kind(&s, p, flags))
    kernel_enqueue(&s, p, flags);
  if (s.here && s.here->yielded_pid == p->pid) s.here->yielded_pid = 0;
}

/* ---- ops.disable ---- */

/* p may have waited in a queue of the kernel's, where it weighs nothing any more. */
static __always_inline void leave_queue(const struct scene* s, struct task_struct* p) {
  struct scxx_account* account = kx_account(p);

  if (!account || !account->weighs) return;
  if (!ran_of(p, account)) queue_note_left(s, account->home, account->weighs);
  account->weighs = 0;
}

/* p leaves sched_ext (another class, or our detach). If it was waiting, the policy must hear that
 * it no longer does. */
static __always_inline void on_disable(struct task_struct* p) {
  int slot = kx_slot_of(p);
  struct scxx_task* task = slot >= 0 ? kx_task(slot) : 0;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), kx_now())) return;
  if (is_agent(s.global, p)) sx_write(&s.global->parked, 0);
  leave_queue(&s, p);
  if (!task || !task_leave(task)) return;
  if (!publish(&s, scxx_slot_kind(slot, SCXX_EVENT_LEFT), custody_count(sx_read(&task->custody))))
    tell_taken(&s);
}

/* ---- ops.yield ---- */

static __always_inline bool on_yield(struct task_struct* from) {
  struct scxx_global* global = kx_global();
  struct scxx_cpu* here = kx_cpu(kx_this_cpu());

  if (global && is_agent(global, from)) sx_write(&global->yielded, 1);
  if (here) here->yielded_pid = from->pid;
  kx_set_slice(from, 0);
  return false;
}

#endif /* SCXX_BPF_ENQUEUE_H_ */
