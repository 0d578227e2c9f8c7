/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fallback.h: the lease, and what happens when it expires.
 *
 * The agent holds tasks on a lease: while tasks wait for it, it must park at least every
 * cfg.fallback_after. Otherwise the kernel takes over: a walk over the slots takes back what user
 * space holds, new arrivals do not go there, and a vtime DSQ schedules all of them by weight, the
 * agent among them, until it parks again. So a stopped, looping, swapped-out or debugged agent
 * costs the machine some milliseconds once, and sched_ext's watchdog never has a reason to eject
 * us.
 *
 * Independently, a task that user space has held for more than cfg.hold_max is taken back: a policy
 * that forgets tasks harms them by that much and a round of a queue.
 */
#ifndef SCXX_BPF_FALLBACK_H_
#define SCXX_BPF_FALLBACK_H_

#include "bpf/reclaim.h"

#define LATE_RUNS 5     /* see lease_check */
#define TIMER_SLOTS 256 /* slots searched for overdue tasks a run of the timer */

/* enqueue flags with the same value on all kernels */
#define ENQ_WAKEUP 1ull
#define ENQ_RESTORE 2ull
#define ENQ_REENQ (1ull << 40)

/* ops.enqueue's last resort: the kernel schedules the task this time. */
static __always_inline void kernel_enqueue(const struct scene* s, struct task_struct* p,
                                           scxx_u64 flags) {
  bool woken = flags & ENQ_WAKEUP;
  int slot = kx_slot_of(p);
  struct scxx_account* account = kx_account(p);
  scxx_u32 home = slot >= 0 ? kernel_home(s, p, slot) : home_without_slot(s, p);
  bool waits_still = false;

  if (account) {
    scxx_u64 ran = ran_of(p, account);

    waits_still = !ran && flags & (ENQ_RESTORE | ENQ_REENQ) && account->weighs;
    if (waits_still)
      queue_note_left(s, account->home, account->weighs);
    else
      kernel_charge(p, account, ran);
  }
  count_here(s->here, SCXX_CNT_KERNEL);
  kernel_insert(s, p, home, kernel_slice(p), waits_still ? account->since : s->now, false);
  /* A woken task's idle CPU is rescheduled by the kernel itself. */
  if (!woken || (home && home != kx_task_cpu(p) + 1) || !cpu_is_idle(s->global, kx_task_cpu(p)))
    kick_home(s, p, slot, home);
}

/* The kernel has the task from here on; an event about it that the agent still has is void. True:
 * the policy may hold it. */
static __always_inline bool task_abandon(struct scxx_task* task, struct scxx_cpu* here) {
  scxx_u64 word = sx_read(&task->custody);

  word = sx_swap(&task->custody, custody_with_state(word, SCXX_CUSTODY_KERNEL));
  if (custody_state(word) != SCXX_CUSTODY_USER) return false;
  count_here(here, SCXX_CNT_CANCELLED);
  return true;
}

static __always_inline scxx_u64 count_of(struct scxx_cpu* cpu, scxx_u32 counter) {
  return sx_read(&cpu->counters[counter]);
}

/* What went into user custody, over all CPUs. Read without locks, so it may be off by what moves
 * meanwhile. */
KX_FN scxx_u64 tasks_queued(void) {
  scxx_u64 sum = 0;
  scxx_u32 i = 0;

  kx_for(i, cfg.online_end) {
    struct scxx_cpu* cpu = kx_cpu(i);

    if (!cpu) break;
    sum += count_of(cpu, SCXX_CNT_QUEUED);
  }
  return sum;
}

/* What came out of it again. */
KX_FN scxx_u64 tasks_decided(void) {
  scxx_u64 sum = 0;
  scxx_u32 i = 0;

  kx_for(i, cfg.online_end) {
    struct scxx_cpu* cpu = kx_cpu(i);

    if (!cpu) break;
    sum += count_of(cpu, SCXX_CNT_DISPATCHED) + count_of(cpu, SCXX_CNT_CANCELLED) +
           count_of(cpu, SCXX_CNT_RECLAIMED) + count_of(cpu, SCXX_CNT_GONE);
  }
  return sum;
}

/* ---- the timer ---- */

/* Every CPU looks at the kernel's queues now, not at the end of a slice that the policy chose. */
KX_FN int kick_all(void) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;

  if (!global) return 0;
  kx_for(i, cfg.online_end) {
    if (!cpu_is_online(i)) continue; /* the kernel ejects who kicks a CPU that cannot be */
    kx_kick(i, cpu_is_idle(global, i) ? SCX_KICK_IDLE : SCX_KICK_PREEMPT);
  }
  return 0;
}

static __always_inline void fallback_begin(struct scxx_global* global) {
  sx_write(&global->fallback, 1);
  count(SCXX_CNT_FALLBACKS, 1);
  kick_all();
}

/* How long the agent has been due without parking; tasks wait. */
static __always_inline scxx_s64 agent_late(const struct scene* s) {
  scxx_u64 since = sx_read(&s->global->pending_since);
  scxx_u64 active = sx_read(&s->global->active_since);

  if (sx_read(&s->global->parked) && !agent_has_reason(s)) return 0;
  if (!sx_read(&s->global->parked) && key_before(since, active)) since = active;
  return s->now - since;
}

/*
 * The clock alone does not convict: on a virtual machine that its host had stopped, everybody is
 * late. The agent must have been due on several runs of this timer, between which it could have
 * run.
 */
static __always_inline void lease_check(const struct scene* s) {
  scxx_s64 late = agent_late(s);

  if (late < (scxx_s64)(cfg.fallback_after / 2)) {
    s->global->late_runs = 0;
    return;
  }
  agent_urge();
  if (++s->global->late_runs >= LATE_RUNS && late > (scxx_s64)cfg.fallback_after)
    fallback_begin(s->global);
}

/* The first slot from `at` on, of the next few, whose task has been held longer than hold_max. */
KX_FN int find_overdue(scxx_u64 at, scxx_u64 used, scxx_u64 now) {
  scxx_u32 i = 0;

  kx_for(i, TIMER_SLOTS) {
    struct scxx_task* task = i < used ? kx_task((at + i) % used) : 0;

    if (!task) break;
    if (custody_state(sx_read(&task->custody)) == SCXX_CUSTODY_USER &&
        (scxx_s64)(now - task->enqueued_at) > (scxx_s64)cfg.hold_max)
      return i;
  }
  return -1;
}

/* As many walks over the slots as it takes to see every one. */
static __always_inline void walk_all(struct scxx_global* global) {
  sx_write(&global->overdue, slots_used(global) / WALK_SLOTS + 1);
}

/* A task held too long by an agent that is on time starts walks in ops.dispatch, as many as it
 * takes to see every slot. A late one is the lease's business. */
static __always_inline void hold_check(const struct scene* s) {
  scxx_u64 used = slots_used(s->global);
  scxx_u64 at = s->global->hold_cursor;
  int found;

  if (sx_read(&s->global->overdue) || s->global->late_runs) return;
  s->global->hold_cursor = at + TIMER_SLOTS;
  found = find_overdue(at, used, s->now);
  if (found < 0) return;
  /* From there on: where all CPUs are busy each walks at the end of a slice only. */
  sx_write(&s->global->walk_cursor, at + found);
  walk_all(s->global);
  kick_all();
}

static __always_inline void send_an_idle_cpu(void) {
  int cpu = find_idle(SCXX_MAX_CPUS);

  if (cpu >= 0) kx_kick(cpu, SCX_KICK_IDLE);
}

/* A CPU walks when it dispatches, and an idle one dispatches only when told to. */
static __always_inline void keep_walking(struct scxx_global* global) {
  if (sx_read(&global->fallback) || sx_read(&global->overdue)) send_an_idle_cpu();
}

/*
 * The kernel inserts a task into its DSQ when ops.enqueue has returned. A CPU that goes idle
 * between the callback's look at the idle mask and the insert has missed it. Looks at the machine's
 * queue and at one CPU's. True: tasks wait there.
 */
static __always_inline bool serve_queues(const struct scene* s) {
  scxx_u32 cpu = s->global->queue_cursor++ % cfg.online_end;
  struct scxx_cpu* there = kx_cpu(cpu);
  bool shared = kx_dsq_waiting(KERNEL_DSQ);
  bool own = kx_dsq_waiting(dsq_of(cpu + 1));

  if (shared && !queue_busy(&s->global->kernel)) sx_add(&s->global->kernel.in, 1);
  if (there && own && !queue_busy(&there->kernel)) sx_add(&there->kernel.in, 1);
  if (!shared) queue_note_empty(&s->global->kernel, 0, s->now);
  if (there && !own) queue_note_empty(&there->kernel, cpu + 1, s->now);
  if (shared) send_an_idle_cpu();
  if (own && cpu_is_idle(s->global, cpu)) kx_kick(cpu, SCX_KICK_IDLE);
  return shared || own;
}

/* Every CPU is idle. */
KX_FN int all_idle(void) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;

  if (!global) return false;
  kx_for(i, (cfg.online_end + 63) / 64) {
    scxx_u32 word = i & (SCXX_MASK_WORDS - 1);

    if (cfg.online[word] & ~sx_read(&global->idle_mask[word])) return false;
  }
  return true;
}

/* Nobody waits for the agent. While a CPU is busy, a task of a higher class may take it. */
static __always_inline scxx_u64 timer_rest(struct scxx_global* global, bool quiet, bool busy) {
  global->late_runs = 0;
  if (busy) return cfg.timer_busy;
  return quiet && all_idle() ? cfg.timer_idle : 4 * cfg.timer_busy;
}

/* Takes care of CPUs that a higher class keeps. True: there is one, or one that may become one. */
static __always_inline bool serve_higher(const struct scene* s) {
  int found = look_for_higher();

  if (found & HIGHER_NEW) walk_all(s->global);
  return found;
}

/* Runs a parked agent that has a signal to handle, or has been parked for very long. */
static __always_inline void keep_alive(const struct scene* s) {
  if (!sx_read(&s->global->parked) || sx_read(&s->global->must_run)) return;
  if (!kx_signal_pending(s->global->agent_pid) &&
      (scxx_s64)(s->now - sx_read(&s->global->last_park)) < (scxx_s64)cfg.keep_alive)
    return;
  sx_write(&s->global->pending_since, s->now);
  sx_write(&s->global->must_run, AGENT_ASKED);
  keep_alive_kick(s);
}

/* Wakeups that may preempt but came too soon after the CPU's last dispatch have waited long enough
 * now. */
KX_FN int kick_wanted(void) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;

  if (!global) return 0;
  kx_for(i, cfg.online_end) {
    struct scxx_cpu* cpu = kx_cpu(i);

    if (cpu && sx_read(&cpu->want_agent) && !cpu_is_idle(global, i) && !cpu_is_taken(global, i)) {
      kx_kick(i, SCX_KICK_PREEMPT);
      return 1;
    }
  }
  return 0;
}

/*
 * Sees to a review that is due, and again until the agent has been fetched. One that runs will say
 * at its park what its policy wants then. `rest` is when the timer would run next without reviews.
 */
static __always_inline scxx_u64 review(const struct scene* s, scxx_u64 rest) {
  scxx_u64 at = sx_read(&s->agent->review_at);
  scxx_s64 left = at - s->now;

  if (!at) return rest;
  if (left <= 0) {
    if (!sx_read(&s->global->parked)) return rest;
    agent_call(s);
    left = cfg.timer_busy;
  }
  return left < (scxx_s64)rest ? left : rest;
}

/* All but the reviews; returns when to look again, in ns. */
static __always_inline scxx_u64 timer_look(const struct scene* s) {
  scxx_u64 queued = tasks_queued();
  bool quiet = queued == s->global->timer_queued;
  bool busy;

  s->global->timer_queued = queued;
  keep_alive(s);
  busy = serve_higher(s);
  busy |= serve_queues(s);
  if ((scxx_s64)(queued - tasks_decided()) <= 0) return timer_rest(s->global, quiet, busy);
  if (cfg.wakeup_preempt && agent_wanted(s)) kick_wanted();
  if (!sx_read(&s->global->fallback)) lease_check(s);
  hold_check(s);
  keep_walking(s->global);
  return cfg.timer_busy;
}

/* The timer's body; returns when to run next, in ns. T1 to T3 of timer.h. */
static __always_inline scxx_u64 timer_run(void) {
  scxx_u64 rest, crowd;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), kx_now())) return cfg.timer_idle;
  sx_swap(&s.global->timer_at, 0);
  rest = timer_look(&s);
  crowd = crowd_look(s.now);
  if (crowd && crowd < rest) rest = crowd;
  return timer_next(&s, review(&s, rest));
}

#endif /* SCXX_BPF_FALLBACK_H_ */
