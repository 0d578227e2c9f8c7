/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kthread.h: kernel threads. User space never sees them, because it may wait for one.
 *
 * One that wakes is served at once, ahead of everybody: most of them do little and others wait for
 * it. Those that burn CPU (encryption, RAID, page scanning, a busy network) would so take a CPU for
 * themselves, all the more several of them, and ops.dispatch is not called while they keep the
 * local DSQ filled. So they take half of a CPU in this way at most, by a bucket that fills at that
 * rate and holds KTHREAD_BURST, and only a few at a time. Beyond, and whenever a slice of theirs
 * ends, they wait in the kernel's queues (queue.h), which have their share by weight.
 */
#ifndef SCXX_BPF_KTHREAD_H_
#define SCXX_BPF_KTHREAD_H_

#include "bpf/fallback.h"

#define KTHREAD_BURST 8000000
#define KTHREAD_CROWD 4 /* so many in the local DSQ, each until a tick at most, are 16 ms */

/* What kernel threads have taken of the CPU in this way lately. */
static __always_inline scxx_u64 kthread_used(const struct scene* s, struct scxx_cpu* cpu) {
  scxx_u64 refill = (s->now - cpu->kthread_at) / 2;
  scxx_u64 used = cpu->kthread_used;

  cpu->kthread_at = s->now;
  return used > refill ? used - refill : 0;
}

/* The thread comes back: it has used its CPU, and paid for that if it came from a queue. */
static __always_inline bool kthread_may_burst(const struct scene* s, struct task_struct* p,
                                              struct scxx_account* account, struct scxx_cpu* cpu) {
  scxx_u64 used = kthread_used(s, cpu);

  if (account->burst) used += p->se.sum_exec_runtime - account->exec;
  account->burst = 0;
  cpu->kthread_used = used;
  return used < KTHREAD_BURST;
}

/* A higher class is on the CPU, and the thread need not stay there. */
static __always_inline bool kthread_leaves(struct task_struct* p, scxx_u32 cpu) {
  return nr_usable(p) > 1 && kx_higher(cpu);
}

/* Many have woken together, and what they will use is not known before they come back. The rest of
 * them waits in the CPU's queue, which is given the time for that. */
static __always_inline bool kthreads_crowd(struct scxx_cpu* there, scxx_u32 cpu) {
  if (kx_dsq_length(SCX_DSQ_LOCAL_ON | cpu) < KTHREAD_CROWD) return false;
  if (there->kernel_credit < KTHREAD_BURST) there->kernel_credit = KTHREAD_BURST;
  return true;
}

/* True: it waits in the kernel's queues. */
static __always_inline bool enqueue_kthread(const struct scene* s, struct task_struct* p,
                                            bool woken) {
  struct scxx_account* account = kx_account(p);
  scxx_u32 cpu = kx_task_cpu(p);
  struct scxx_cpu* there = kx_cpu(cpu);

  count_here(s->here, SCXX_CNT_KTHREAD);
  if (!account || !there) return true;
  if (!kthread_may_burst(s, p, account, there) || !woken || kthread_leaves(p, cpu) ||
      kthreads_crowd(there, cpu))
    return true;
  account->exec = p->se.sum_exec_runtime;
  account->burst = 1;
  account->weighs = 0;
  kx_insert(p, SCX_DSQ_LOCAL, cfg.fallback_slice, KX_ENQ_PREEMPT);
  return false;
}

#endif /* SCXX_BPF_KTHREAD_H_ */
