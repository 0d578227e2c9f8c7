/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * park.h: how the agent waits without a system call a decision.
 *
 * The agent stays runnable. When it has nothing to do it calls sched_yield once; the kernel asks
 * ops.enqueue where to put it, and it is parked in a DSQ of its own, from which ops.dispatch on any
 * CPU fetches it when there is something to decide.
 *
 * No event is lost between "the agent has looked" and "the agent is parked": two words, each side
 * writes its own, passes a full barrier and reads the other's.
 *
 *   producer (ops.enqueue)                agent and its park
 *   P1 publish the event                  A1 pending := 0
 *   P2 pending := 1 (exchange), unless    A2 full barrier
 *      it is
 *   P3 read parked; if set, see to it     A3 drain the rings, decide, sched_yield
 *      that some CPU dispatches           A4 ops.enqueue: parked := now (exchange)
 *                                         A5 read pending; if set, see to it
 *                                            that some CPU dispatches
 *
 * If P1 comes after the drain of A3, so does P2, and pending stays 1 until the agent runs again. P2
 * and A4 are exchanges, so P3 reading "not parked" implies that A5 comes after P2 and reads 1. "See
 * to it" means: a CPU that will pass through ops.dispatch by itself (it is about to, or idle.h's
 * proof covers it), or a kick of an idle CPU. P1 is a full barrier: a producer that finds pending
 * set is either before A1, and A3 sees its event, or after the one who has set it, who does the
 * rest for both.
 */
#ifndef SCXX_BPF_PARK_H_
#define SCXX_BPF_PARK_H_

#include "bpf/changes.h"
#include "bpf/higher.h"
#include "bpf/idle.h"
#include "bpf/timer.h"

/* How long after a park a CPU that misses the agent looks again: many times what the kernel needs
 * to insert it. */
#define COME_BACK 1000000

/* Values of scxx_global.must_run. */
enum {
  AGENT_ASKED = 1,       /* by the timer: a signal, the keep-alive, or a review */
  AGENT_INTERRUPTED = 2, /* its slice ended before it parked: the lease goes on counting */
};

static __always_inline bool is_agent(struct scxx_global* global, struct task_struct* p) {
  return p->pid == global->agent_pid;
}

static __always_inline bool is_agent_process(struct scxx_global* global, struct task_struct* p) {
  return p->tgid == global->agent_tgid;
}

/*
 * An agent with a CPU of its own (cfg.agent_cpu) does not park: it spins, and what it yields for is
 * its kicks and the lease. It waits in its DSQ only while something else must run on its CPU, and
 * only that CPU can fetch it. While a higher class keeps that CPU, or all others, it has none:
 * tasks need that CPU more.
 */
static __always_inline scxx_u32 agent_cpu(struct scxx_global* global) {
  if (!cfg.agent_cpu || cpu_is_taken(global, cfg.agent_cpu - 1)) return 0;
  return sx_read(&global->taken) + 1 < cfg.nr_online ? cfg.agent_cpu : 0;
}

static __always_inline bool agent_may_use(struct scxx_global* global, scxx_u32 cpu) {
  scxx_u32 bound = global->agent_bound;

  return !bound || slot_allows(bound - 1, cpu);
}

/* This CPU may run the agent, which can have come with an affinity, or live in a cpuset. */
static __always_inline bool agent_fetchable(const struct scene* s) {
  scxx_u32 own = agent_cpu(s->global);

  return own ? own == s->cpu + 1 : agent_may_use(s->global, s->cpu);
}

/* A higher class keeps all CPUs that it may use: it has to run beside that. */
KX_FN int agent_is_stuck(void) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;

  if (!global) return false;
  kx_for(i, cfg.online_end) {
    if (cpu_is_online(i) && !cpu_is_taken(global, i) && agent_may_use(global, i)) return false;
  }
  return true;
}

/* An idle CPU for it, other than `not_this`; or -1. */
static __always_inline int find_idle_for_agent(struct scxx_global* global, scxx_u32 not_this) {
  scxx_u32 bound = global->agent_bound;

  if (none_idles(global)) return -1;
  return bound ? find_idle_for(bound - 1) : find_idle(not_this);
}

/* This CPU, if it is idle; else another one. A busy one will dispatch, but for one that a higher
 * class keeps: that never hears of a kick. */
static __always_inline void keep_alive_kick(const struct scene* s) {
  int cpu = s->cpu;

  if (!cpu_is_idle(s->global, cpu) || !agent_may_use(s->global, cpu))
    cpu = find_idle_for_agent(s->global, cpu);
  if (cpu >= 0) kx_kick(cpu, SCX_KICK_IDLE);
}

static __always_inline void kick_idle_for_agent(const struct scene* s) {
  int cpu = find_idle_for_agent(s->global, s->cpu);

  if (cpu >= 0) kick_idle(s->here, cpu);
}

/* It leaves this CPU. */
static __always_inline void note_affinity(const struct scene* s, struct task_struct* p) {
  bool everywhere = nr_usable(p) >= cfg.nr_online;
  scxx_u32 bound = everywhere ? 0 : kx_slot_of(p) + 1;

  if (s->global->agent_bound != bound) s->global->agent_bound = bound;
  if (bound) s->global->agent_at = kx_task_cpu(p);
}

static __always_inline bool agent_has_reason(const struct scene* s) {
  return sx_read(&s->agent->pending) || sx_read(&s->global->must_run);
}

/*
 * P2, by whoever has done P1 and passed a full barrier since. A flag that is set already is left
 * alone, because all CPUs share its line: if the agent clears it later than we look, it drains
 * later than P1. The time is written first: a reader that sees the flag must not see an older age.
 */
static __always_inline void agent_remind(const struct scene* s) {
  if (sx_read(&s->agent->pending)) return;
  sx_write(&s->global->pending_since, s->now);
  sx_swap(&s->agent->pending, 1);
}

/* It is parked and has something to look at; by this CPU, or by any. */
static __always_inline bool agent_needed(const struct scene* s) {
  return sx_read(&s->global->parked) && agent_has_reason(s);
}

static __always_inline bool agent_wanted(const struct scene* s) {
  return agent_needed(s) && agent_fetchable(s);
}

/* ... or holds tasks, and a CPU has nothing to do. */
static __always_inline bool agent_useful(const struct scene* s) {
  return agent_fetchable(s) && sx_read(&s->global->parked) &&
         (agent_has_reason(s) || sx_read(&s->agent->nr_queued));
}

/*
 * Its turn before tasks that are ready: an event has waited too long, or a wakeup wanted this CPU's
 * task to be interrupted. If that has stopped by itself meanwhile, the wakeup's key tells whether
 * the tasks that are ready may go first (keys.h).
 */
static __always_inline bool agent_first(const struct scene* s, bool interrupted) {
  if (sx_read(&s->here->want_agent)) {
    sx_write(&s->here->want_agent, 0);
    if (interrupted || !sx_read(&s->global->waking_key)) return agent_wanted(s);
  }
  return agent_wanted(s) &&
         (scxx_s64)(s->now - sx_read(&s->global->pending_since)) > (scxx_s64)cfg.event_age;
}

/* Fetches the parked agent to this CPU. False: another CPU was quicker, it sleeps, or it may not
 * run here. */
KX_FN int agent_fetch_to(scxx_u32 cpu, scxx_u64 now) {
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  if (!kx_consume(AGENT_DSQ)) return false;
  if (sx_read(&s.global->must_run) != AGENT_INTERRUPTED) sx_write(&s.global->active_since, s.now);
  sx_write(&s.global->must_run, 0);
  sx_write(&s.global->agent_queue, cpu + 1);
  sx_write(&s.global->waking_key, 0);
  sx_write(&s.global->hungry, 0); /* it sees the idle CPUs now */
  sx_swap(&s.global->parked, 0);
  count_here(s.here, SCXX_CNT_ACTIVATIONS);
  s.here->owner_pid = 0;
  s.here->last_dispatch = s.now;
  s.here->run_limit = s.here->ran_kernel = 0;
  note_change(s.agent, s.cpu);
  return true;
}

static __always_inline bool agent_fetch(const struct scene* s) {
  return agent_fetch_to(s->cpu, s->now);
}

/*
 * A CPU has found nothing. Perhaps it only came at a bad moment.
 *
 * The agent runs, and will park with tasks that it had no free CPU for: another pair of words,
 * where this CPU sets `hungry` and reads `parked`, and the park sets `parked` and reads `hungry`.
 *
 * Or it has parked, but the kernel inserts it only after ops.enqueue: come back for it. Not for
 * ever: after a suspend, in which the kernel schedules by itself, it may run or sleep and still
 * count as parked, until it is enqueued again.
 */
KX_FN int agent_missed(scxx_u32 cpu, scxx_u64 now) {
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  if (cpu_is_taken(s.global, cpu)) return false; /* it would be stuck here */
  if (!sx_read(&s.global->parked)) sx_swap(&s.global->hungry, cpu + 1);
  if (!agent_useful(&s)) return false;
  if (kx_dsq_waiting(AGENT_DSQ)) return agent_fetch(&s);
  if ((scxx_s64)(now - sx_read(&s.global->parked)) < COME_BACK) kx_kick(cpu, SCX_KICK_IDLE);
  return false;
}

/* ... and the park's side of it. A CPU that is on its way to idle does not count as idle yet. */
static __always_inline void kick_hungry(const struct scene* s) {
  scxx_u64 hungry = sx_read(&s->global->hungry);

  if (hungry && hungry <= cfg.nr_cpus && sx_read(&s->agent->nr_queued))
    kick_idle(s->here, hungry - 1);
}

/* An exchange costs more than a look, and most of the time there is nothing to take. */
static __always_inline scxx_u64 take_bits(scxx_u64* word) {
  return sx_read(word) ? sx_swap(word, 0) : 0;
}

static __always_inline void kick_requested(const struct scene* s, scxx_u32 cpu, bool preempt) {
  if (cpu >= cfg.online_end || !cpu_is_online(cpu)) return;
  if (preempt && !cpu_is_idle(s->global, cpu)) {
    count_here(s->here, SCXX_CNT_KICK_PREEMPT);
    kx_kick(cpu, SCX_KICK_PREEMPT);
  } else {
    kick_idle(s->here, cpu);
  }
}

/* The CPUs of one word. */
KX_FN int send_kicks(scxx_u32 base, scxx_u64 idle, scxx_u64 preempt) {
  scxx_u64 all = idle | preempt;
  scxx_u32 n = 0;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), 0)) return 0;
  kx_for(n, 64) {
    scxx_u32 bit;

    if (!all) break;
    bit = lowest_bit(all) & 63;
    kick_requested(&s, base + bit, preempt >> bit & 1);
    all &= all - 1;
  }
  return 0;
}

KX_FN int drain_kicks_beyond_64(void) {
  struct scxx_agent* agent = kx_agent();
  scxx_u32 i = 0;

  if (!agent) return 0;
  kx_for(i, (cfg.online_end - 1) / 64) {
    scxx_u32 word = (i + 1) & (SCXX_MASK_WORDS - 1);
    scxx_u64 idle = take_bits(&agent->kick_idle[word]);
    scxx_u64 preempt = take_bits(&agent->kick_preempt[word]);

    if (idle | preempt) send_kicks(word * 64, idle, preempt);
  }
  return 0;
}

/*
 * Sends the kicks the agent asked for. Called at both ends of a park: in ops.dispatch, and in
 * ops.enqueue because ops.dispatch is skipped while the local DSQ holds a task. The records a kick
 * is for were published before the bit was set.
 */
static __always_inline void drain_kicks(struct scxx_agent* agent) {
  scxx_u64 idle = take_bits(&agent->kick_idle[0]);
  scxx_u64 preempt = take_bits(&agent->kick_preempt[0]);

  if (idle | preempt) send_kicks(0, idle, preempt);
  if (cfg.online_end > 64) drain_kicks_beyond_64();
}

/* A1..A5 above, from A4 on. The only sign of progress that BPF believes. */
static __always_inline void agent_park(const struct scene* s, struct task_struct* p) {
  drain_kicks(s->agent);
  sx_write(&s->global->yielded, 0);
  sx_write(&s->global->last_park, s->now);
  sx_write(&s->global->fallback, 0);
  count_here(s->here, SCXX_CNT_PARKS);
  kx_insert(p, AGENT_DSQ, cfg.agent_slice, 0);
  sx_swap(&s->global->parked, s->now | 1);
  if (sx_read(&s->agent->review_at)) review_later(s);
  note_affinity(s, p);
  if (agent_has_reason(s))
    kick_idle_for_agent(s);
  else
    kick_hungry(s);
}

/* It yielded, but there is more to do already and nothing else to run: let it go on, without a
 * context switch. */
static __always_inline void agent_continue(const struct scene* s, struct task_struct* p) {
  sx_write(&s->global->yielded, 0);
  sx_write(&s->global->must_run, 0); /* the timer may ask for it just when it is fetched */
  sx_write(&s->global->last_park, s->now);
  sx_write(&s->global->active_since, s->now);
  sx_write(&s->global->fallback, 0);
  kx_set_slice(p, cfg.agent_slice);
}

/* Its slice ended before it parked: back to its own DSQ, and the next ops.dispatch anywhere goes on
 * with it. */
static __always_inline void agent_interrupted(const struct scene* s, struct task_struct* p) {
  sx_write(&s->global->must_run, AGENT_INTERRUPTED);
  kx_insert(p, AGENT_DSQ, cfg.agent_slice, 0);
  sx_swap(&s->global->parked, s->now | 1);
  note_affinity(s, p);
  kick_idle_for_agent(s);
}

/* It woke from a sleep it should not need (a page fault, a stop signal): ahead of everybody. On a
 * CPU that a higher class keeps it would be stuck, so another one fetches it. */
static __always_inline void agent_woken(const struct scene* s, struct task_struct* p) {
  sx_write(&s->global->yielded, 0);
  sx_write(&s->global->parked, 0);
  sx_write(&s->global->nap, 0);
  sx_write(&s->global->agent_queue, kx_task_cpu(p) + 1);
  if (!sx_read(&s->global->last_park)) sx_write(&s->global->active_since, s->now);
  if (cpu_is_taken(s->global, kx_task_cpu(p)) && !agent_is_stuck())
    agent_interrupted(s, p);
  else
    kx_insert(p, SCX_DSQ_LOCAL, cfg.agent_slice, KX_ENQ_PREEMPT);
}

/* A parked agent that no CPU has fetched for too long: some CPU must, whatever it runs. */
KX_FN int agent_urge(void) {
  struct scxx_global* global = kx_global();
  scxx_u32 own = global ? agent_cpu(global) : 0;
  scxx_u32 there = own ? own - 1 : kx_this_cpu();
  struct scxx_cpu* cpu;

  if (!global) return 0;
  if (cpu_is_taken(global, there)) there = find_free_of_higher(there);
  if (!agent_may_use(global, there)) there = global->agent_at;
  cpu = kx_cpu(there);
  if (!cpu || !sx_read(&global->parked)) return 0;
  sx_write(&cpu->want_agent, 1);
  kx_kick(there, cpu_is_idle(global, there) ? SCX_KICK_IDLE : SCX_KICK_PREEMPT);
  count(SCXX_CNT_KICK_PREEMPT, 1);
  return 0;
}

/* A parked agent is wanted now, whatever runs: by an idle CPU, else by the one that we are on. */
static __always_inline void agent_call(const struct scene* s) {
  int idle = agent_cpu(s->global) ? -1 : find_idle_for_agent(s->global, SCXX_MAX_CPUS);

  if (!agent_has_reason(s)) {
    sx_write(&s->global->pending_since, s->now);
    sx_write(&s->global->must_run, AGENT_ASKED);
  }
  if (idle >= 0)
    kx_kick(idle, SCX_KICK_IDLE);
  else
    agent_urge();
}

#endif /* SCXX_BPF_PARK_H_ */
