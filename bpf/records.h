/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * records.h: decisions of the agent are carried out.
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
#ifndef SCXX_BPF_RECORDS_H_
#define SCXX_BPF_RECORDS_H_

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
  kernel_insert(s, p, home, slice, task->enqueued_at, true);
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

/* Steps 1 (the check) to 6. A function of its own: in the loop that calls it, it would be verified
 * once for each state of that. */
KX_FN int honour(struct scxx_record* record, scxx_u32 cpu, scxx_u64 now) {
  struct scxx_task* task;
  struct task_struct* p;
  struct scene s;
  scxx_u64 word, slice;
  scxx_u32 limit;

  if (!record || !scene_begin(&s, cpu, now)) return RECORD_DROPPED;
  task = record->slot < cfg.max_tasks ? kx_task(record->slot) : 0;
  if (!task) {
    count_here(s.here, SCXX_CNT_BAD_RECORD);
    return RECORD_DROPPED;
  }
  word = sx_read(&task->custody);
  p = kx_slot_task(record->slot);
  if (!p || !custody_is_user(word, record->enq_cnt)) {
    count_here(s.here, SCXX_CNT_STALE);
    return RECORD_DROPPED;
  }
  limit = crowd_limit(&s, p, kernel_busy(&s));
  slice = slice_here(&s, p, crowd_slice(limit, record_slice(record)));
  kx_insert(p, SCX_DSQ_LOCAL, slice, 0);
  if (!custody_take(&task->custody, word, SCXX_CUSTODY_DISPATCHED)) {
    kx_cancel();
    count_here(s.here, SCXX_CNT_STALE);
    return RECORD_DROPPED;
  }
  note_dispatch(&s, task, record, slice);
  if (!kx_allowed(p, cpu)) {
    kx_cancel();
    bounce(&s, p, task, record->slot, slice);
    return RECORD_BOUNCED;
  }
  s.here->last_dispatch = now;
  set_owner(s.here, task, record->slot, now, record->vtime, record->pace);
  if (slice == SERVER_SLICE) return RECORD_HONOURED;
  crowd_begin(&s, limit, slice);
  if (!limit && task->flags & SCXX_TASK_IDLE) short_turn_begin(&s, slice);
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
    result = honour(&record, cpu, now);
    note_taken(&s, ring_index);
    if (result != RECORD_DROPPED) return result == RECORD_HONOURED;
  }
  /* There may be a true one behind them: should the CPU find nothing else, it comes back. */
  kx_kick(cpu, SCX_KICK_IDLE);
  return false;
}

/* The same for what this CPU may take, without a call where nothing waits: most rings are empty. */
static __always_inline bool take_record(const struct scene* s, scxx_u32 ring_index) {
  return records_in(ring_index) && consume_ring(ring_index, false, s->cpu, s->now);
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

    if (!records_in(victim) || cpu_is_idle(global, victim)) continue;
    if (consume_ring(victim, true, cpu, now)) {
      count_here(here, SCXX_CNT_STOLEN);
      return true;
    }
  }
  return false;
}

#endif /* SCXX_BPF_RECORDS_H_ */
