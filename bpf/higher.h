/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * higher.h: CPUs that a task of a higher class (SCHED_FIFO, SCHED_DEADLINE) keeps for itself.
 *
 * From 7.0 on the kernel lets sched_ext run on such a CPU for 50 ms of each second, by a deadline
 * server. The server stops for good when ops.dispatch comes back empty-handed, and starts again
 * only when the CPU's run queue of sched_ext has been empty: tasks that may run nowhere else would
 * be stuck, and the kernel would eject us. What may run elsewhere must leave, the agent above all.
 *
 * The timer looks for such CPUs, and takes those for taken that it has found so TAKEN_RUNS times in
 * a row: an audio server that needs a CPU for 2 ms every now and then must not make tasks move. On
 * a taken CPU
 *
 *   - what waits in its local DSQ and in its own queue is enqueued again, so the agent is fetched
 *     by another CPU, and what may run elsewhere waits there;
 *   - tasks that may run nowhere else wait in the CPU's own queue (queue.h), those in user custody
 *     are moved there, and one that runs goes on if nothing waits: ops.dispatch always has
 *     something to offer to the server;
 *   - the agent does not run, and other CPUs take all of its ring's records.
 *
 * The mark goes with the higher class.
 *
 * The server also comes where there is no higher class, to a CPU on whose run queue somebody has
 * been for a second, and which has hardly run: mostly the parked agent. If that server finds
 * nothing, it is gone when a higher class does come. So it is given something (offer_anything); and
 * if that is the agent, with nothing to do, the agent naps instead of parking. Its run queue is
 * empty for that instant, which stops the server in an orderly way and starts it anew.
 */
#ifndef SCXX_BPF_HIGHER_H_
#define SCXX_BPF_HIGHER_H_

#include "bpf/idle.h"

#define TAKEN_RUNS 4 /* of the timer, a millisecond apart */
#define REENQUEUE_REST 100000000

/*
 * The slice, in ns, of a task that runs by the server and may run elsewhere. With more it would
 * wait in the local DSQ when the higher class comes back, for most of a second; without,
 * ops.enqueue gets it. The kernel looks at slices when it ticks.
 */
#define SERVER_SLICE 1

static __always_inline bool cpu_is_taken(struct scxx_global* global, scxx_u32 cpu) {
  return sx_read(&global->taken) && sx_read(&global->taken_mask[mask_word(cpu)]) >> (cpu & 63) & 1;
}

/* What p gets of a slice on this CPU. */
static __always_inline scxx_u64 slice_here(const struct scene* s, struct task_struct* p,
                                           scxx_u64 slice) {
  bool by_server = cpu_is_taken(s->global, s->cpu) && nr_usable(p) > 1 && !kx_pinned(p);

  return by_server ? SERVER_SLICE : slice;
}

/* The CPU has been found in a higher class, or not: 1 if it becomes taken by that. */
static __always_inline bool note_higher(struct scxx_global* global, struct scxx_cpu* cpu,
                                        scxx_u32 number, bool higher) {
  scxx_u64 bit = 1ull << (number & 63);

  if (!higher) {
    if (cpu->higher_runs >= TAKEN_RUNS) {
      sx_and(&global->taken_mask[mask_word(number)], ~bit);
      sx_add(&global->taken, -1u);
    }
    cpu->higher_runs = 0;
    return false;
  }
  if (cpu->higher_runs >= TAKEN_RUNS || ++cpu->higher_runs < TAKEN_RUNS) return false;
  sx_or(&global->taken_mask[mask_word(number)], bit);
  sx_add(&global->taken, 1);
  return true;
}

/* What waits in a CPU's own queue is enqueued again. Seldom: the kernel ejects a scheduler that
 * does so with a task 256 times before it runs, and a higher class may come and go all the time. */
static __always_inline void reenqueue_own(struct scxx_cpu* cpu, scxx_u32 number) {
  scxx_u64 now = kx_now();

  if (!kx_dsq_waiting(CPU_DSQ + number + 1)) return;
  if ((scxx_s64)(now - cpu->reenqueued_at) < REENQUEUE_REST) return;
  cpu->reenqueued_at = now;
  kx_reenqueue(CPU_DSQ + number + 1);
}

/* Looks at all CPUs; HIGHER_SEEN: some run a higher class, HIGHER_NEW: one is taken from now on. */
#define HIGHER_SEEN 1
#define HIGHER_NEW 2
KX_FN int look_for_higher(void) {
  struct scxx_global* global = kx_global();
  int found = 0;
  scxx_u32 i = 0;

  if (!global) return 0;
  kx_for(i, cfg.online_end) {
    struct scxx_cpu* cpu = kx_cpu(i);
    bool higher;

    if (!cpu || !cpu_is_online(i)) continue;
    higher = kx_higher(i);
    if (higher) found |= HIGHER_SEEN;
    if (!note_higher(global, cpu, i, higher)) continue;
    found |= HIGHER_NEW;
    kx_reenqueue(SCX_DSQ_LOCAL_ON | i);
    reenqueue_own(cpu, i);
  }
  return found;
}

/* Some CPU that is not taken, for what only has to be done somewhere. */
KX_FN int find_free_of_higher(scxx_u32 first) {
  struct scxx_global* global = kx_global();
  scxx_u32 i = 0;

  if (!global) return first;
  kx_for(i, cfg.online_end) {
    scxx_u32 cpu = (first + i) % cfg.online_end;

    if (cpu_is_online(cpu) && !cpu_is_taken(global, cpu)) return cpu;
  }
  return first;
}

#endif /* SCXX_BPF_HIGHER_H_ */
