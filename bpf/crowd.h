/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * crowd.h: turns get shorter when many wait.
 *
 * A thousand tasks that may use one CPU only, each for 4 ms, come round in 4 s, whatever the order:
 * nearly what the kernel ejects a scheduler for. So with more than CROWD tasks on a CPU's run queue
 * each gets CROWD_ROUND divided by their number at most. The kernel ends slices at ticks, of 1 to
 * 10 ms; the timer sees to shorter ones. It does so for SCHED_IDLE as well.
 *
 * The run queue's count says how many wait, also of tasks in user custody, which are on the run
 * queue of the CPU that they ran on last. Those that may run on several can all be on one; so what
 * the policy holds and what waits in queues, divided by the CPUs, counts if it is more.
 */
#ifndef SCXX_BPF_CROWD_H_
#define SCXX_BPF_CROWD_H_

#include "bpf/higher.h"
#include "bpf/rings.h"
#include "bpf/timer.h"
#include "bpf/weights.h"

#define CROWD 100
#define CROWD_ROUND 400000000 /* a third of a quarter of the watchdog's timeout of 5 s */
#define CROWD_SLICE 150000    /* shorter turns would be spent on switching */
#define SERVER_TURN 20000000  /* no turn on a taken CPU is as long */
#define CROWD_REST 100000000  /* so long after the last short turn, the timer no longer looks */

/* How long a turn may be where so many wait; 0: as long as it likes. */
static __always_inline scxx_u32 crowd_limit_of(scxx_u64 waiting) {
  if (waiting <= CROWD) return 0;
  return CROWD_ROUND / waiting > CROWD_SLICE ? CROWD_ROUND / waiting : CROWD_SLICE;
}

/* Records that wait for a CPU, or with `cfg.nr_cpus` those that any may take. */
static __always_inline scxx_u64 records_in(scxx_u32 ring_index) {
  struct scxx_dispatch_ring* ring = kx_dispatch(ring_index);
  struct scxx_cpu* owner = kx_cpu(ring_index);

  return ring && owner ? ring_waiting(&owner->dispatch_head, ring) : 0;
}

/* What waits in the kernel's queues for a CPU: in its own, and its part of the machine's. */
static __always_inline scxx_u64 crowd_queued(scxx_u32 cpu) {
  return kx_dsq_length(CPU_DSQ + cpu + 1) + kx_dsq_length(KERNEL_DSQ) / cfg.nr_online;
}

/* Of p, which the policy sends here. It is no crowd unless the policy holds one or has put it into
 * the ring, as one does that goes on for the sake of another CPU which idles; or some of it may be
 * in the kernel's queues: what has been taken back from a policy waits there. All that is held may
 * have the CPUs that p has, and no others. */
static __always_inline scxx_u32 crowd_limit(const struct scene* s, struct task_struct* p,
                                            bool kernel_busy) {
  scxx_u64 held = sx_read(&s->agent->nr_queued);
  scxx_u64 cpus = nr_usable(p);
  scxx_u64 here = records_in(s->cpu);
  scxx_u64 waiting;

  if (held + here <= CROWD && !kernel_busy) return 0;
  if (!cpus || cpus > cfg.nr_online) cpus = cfg.nr_online;
  here += held / cpus + (kernel_busy ? crowd_queued(s->cpu) : 0);
  waiting = kx_nr_runnable(s->cpu);
  return crowd_limit_of(here > waiting ? here : waiting);
}

/* Of one that the kernel schedules. */
KX_FN scxx_u32 crowd_limit_on(scxx_u32 cpu) {
  scxx_u64 waiting = kx_nr_runnable(cpu);
  scxx_u64 queued = crowd_queued(cpu);

  return crowd_limit_of(queued > waiting ? queued : waiting);
}

static __always_inline scxx_u64 crowd_slice(scxx_u32 limit, scxx_u64 slice) {
  return limit && limit < slice ? limit : slice;
}

/* How long p may run that goes into a queue of the kernel's. */
static __always_inline scxx_u64 kernel_slice(struct task_struct* p) {
  scxx_u64 slice = crowd_slice(crowd_limit_on(kx_task_cpu(p)), cfg.fallback_slice);

  return light_slice(weight_of(p), slice);
}

/* A turn of `slice` at most begins here. The timer ends it if there is a crowd, as the kernel would
 * at its next tick only. */
static __always_inline void crowd_begin(const struct scene* s, scxx_u32 limit, scxx_u64 slice) {
  if (!limit) return;
  s->here->run_limit = crowd_slice(limit, slice);
  sx_write(&s->global->crowded, s->now);
}

/* The same for a turn that is short although there is no crowd: of SCHED_IDLE, which would have
 * many times its share if it had the rest of a tick. The timer may not be about to look. */
static __always_inline void short_turn_begin(const struct scene* s, scxx_u64 slice) {
  if (slice >= cfg.fallback_slice || kx_nr_runnable(s->cpu) == 1) return;
  crowd_begin(s, slice, slice);
  timer_within(s, slice);
}

/* A turn that is over is ended, and what is nearly over is; how long one that goes on has left. */
static __always_inline scxx_u64 crowd_look_at(scxx_u32 number, struct scxx_cpu* cpu, scxx_u32 limit,
                                              scxx_u64 now) {
  scxx_s64 left = sx_read(&cpu->last_dispatch) + limit - now;

  if (left > (scxx_s64)limit / 8) return left;
  kx_kick(number, SCX_KICK_PREEMPT);
  return limit;
}

/* On a taken CPU tasks run for 50 ms of a second. It hears of a kick in that time only, in which
 * one turn follows the other. */
static __always_inline bool server_lets_run(struct scxx_cpu* cpu, scxx_u64 now) {
  return (scxx_s64)(now - sx_read(&cpu->last_dispatch)) < SERVER_TURN;
}

/* Ends the turns that are over; when to look again, in ns, or 0. */
KX_FN scxx_u64 crowd_look(scxx_u64 now) {
  struct scxx_global* global = kx_global();
  scxx_u64 rest = 0;
  scxx_u32 i = 0;

  if (!global || (scxx_s64)(now - sx_read(&global->crowded)) > CROWD_REST) return 0;
  kx_for(i, cfg.online_end) {
    struct scxx_cpu* cpu = kx_cpu(i);
    scxx_u32 limit = cpu ? sx_read(&cpu->run_limit) : 0;

    scxx_u64 left;

    if (!limit || cpu_is_idle(global, i)) continue;
    if (cpu_is_taken(global, i) && !server_lets_run(cpu, now)) continue;
    left = crowd_look_at(i, cpu, limit, now);
    if (!rest || left < rest) rest = left;
  }
  return rest;
}

#endif /* SCXX_BPF_CROWD_H_ */
