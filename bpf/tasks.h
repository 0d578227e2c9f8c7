/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tasks.h: slots. A task gets one when sched_ext first hears of it and keeps it until it exits. One
 * that finds none asks again whenever it is enqueued. Kernel threads get none, since they are
 * always scheduled in the kernel.
 */
#ifndef SCXX_BPF_TASKS_H_
#define SCXX_BPF_TASKS_H_

#include "bpf/custody.h"
#include "bpf/port.h"
#include "bpf/rings.h"
#include "bpf/users.h"

static __always_inline void count(scxx_u32 counter, scxx_u64 n) {
  struct scxx_cpu* cpu = kx_cpu(kx_this_cpu());

  if (cpu && counter < SCXX_NR_COUNTERS) sx_add(&cpu->counters[counter], n);
}

/* The same where the CPU's state is at hand and interrupts are off: nobody else writes these words.
 */
static __always_inline void count_here(struct scxx_cpu* cpu, scxx_u32 counter) {
  cpu->counters[counter]++;
}

static __always_inline scxx_u32 bits_set(scxx_u64 word) {
  word -= word >> 1 & 0x5555555555555555ull;
  word = (word & 0x3333333333333333ull) + (word >> 2 & 0x3333333333333333ull);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0full;
  return word * 0x0101010101010101ull >> 56;
}

/* Of the CPUs that are online: the others run nothing. */
KX_FN int affinity_count(scxx_u32 slot) {
  scxx_u64* words = kx_affinity(slot);
  scxx_u32 i = 0;
  int sum = 0;

  if (!words) return 0;
  kx_for(i, (cfg.online_end + 63) / 64) sum +=
      bits_set(kx_affinity_word(words, i) & cfg.online[i & (SCXX_MASK_WORDS - 1)]);
  return sum;
}

/* The number of CPUs that p may use and that are online: the kernel's own number counts the others
 * as well. Without a slot nobody has counted them. */
static __always_inline scxx_u32 nr_usable(struct task_struct* p) {
  scxx_u32 allowed = kx_nr_allowed(p);
  struct scxx_task* task;
  int slot;

  if (allowed == 1 || allowed >= cfg.nr_cpus || cfg.nr_online == cfg.nr_cpus) return allowed;
  slot = kx_slot_of(p);
  task = slot >= 0 ? kx_task(slot) : 0;
  return task && task->nr_cpus_allowed ? task->nr_cpus_allowed : allowed;
}

/* Copies the CPUs a task may use to where policies can see them. */
static __always_inline void task_set_affinity(scxx_u32 slot, const struct cpumask* mask) {
  struct scxx_task* task = kx_task(slot);
  scxx_u64* words = kx_affinity(slot);
  scxx_u32 allowed;
  scxx_u32 cpu = 0;

  if (!task || !words) return;
  kx_for(cpu, (cfg.nr_cpus + 63) / 64) kx_set_affinity_word(words, cpu, 0);
  kx_for(cpu, cfg.online_end) {
    if (kx_affinity_has(mask, cpu))
      kx_set_affinity_word(words, cpu / 64, kx_affinity_word(words, cpu / 64) | 1ull << (cpu & 63));
  }
  allowed = affinity_count(slot);
  task->nr_cpus_allowed = allowed;
  task->flags =
      (task->flags & ~SCXX_TASK_ALL_CPUS) | (allowed == cfg.nr_online ? SCXX_TASK_ALL_CPUS : 0);
}

static __always_inline void task_describe(struct task_struct* p, struct scxx_task* task) {
  kx_copy_comm(task->comm, p);
  task->tgid = p->tgid;
  task->cgroup = kx_cgroup_id(p);
}

/* A slot that nobody else has, bound to p; or -1. */
static __always_inline int slot_for(struct task_struct* p, struct scxx_account* account) {
  scxx_u32 user = kx_user(p);
  int slot = slot_alloc(user);

  if (slot < 0) return -1;
  account->user = user;
  if (kx_bind(p, slot)) return slot;
  slot_free(slot, user);
  return -1;
}

/* What policies see of p, and no word of the task that had the slot before. */
static __always_inline void task_begin(struct task_struct* p, struct scxx_task* task,
                                       scxx_u32 slot) {
  task->pid = p->pid;
  task->sum_exec = task->exec_at_wake = task->exec_at_start = p->se.sum_exec_runtime;
  task->started_at = task->enqueued_at = 0;
  task->residual = task->slice = 0;
  task->vtime = task->wake_key = 0;
  task->flags = 0;
  task->cpu = kx_task_cpu(p);
  task_describe(p, task);
  task_set_affinity(slot, p->cpus_ptr);
  sx_swap(&task->custody, custody_next_generation(task->custody));
}

/* Gives p a slot: at its birth, or later if there was none for it then. The slot, or -1. */
static __always_inline int task_bind(struct task_struct* p) {
  struct scxx_account* account = kx_account(p);
  struct scxx_task* task;
  int slot;

  if (!account) return -1;
  slot = slot_for(p, account);
  note_slotless(account, slot < 0);
  task = slot < 0 ? 0 : kx_task(slot);
  if (!task) return -1;
  task_begin(p, task, slot);
  return slot;
}

/* A task still in user custody has left us: it changed its class, died, or we are being detached.
 */
static __always_inline bool task_leave(struct scxx_task* task) {
  scxx_u64 word = sx_read(&task->custody);

  if (custody_state(word) != SCXX_CUSTODY_USER ||
      !custody_take(&task->custody, word, SCXX_CUSTODY_KERNEL))
    return false;
  count(SCXX_CNT_GONE, 1);
  return true;
}

/* The task has exited, or will soon; until then the kernel schedules it. Can be called twice. */
static __always_inline void task_exit(struct task_struct* p) {
  struct scxx_account* account = kx_account(p);
  struct scxx_gone_ring* ring = kx_gone();
  struct scxx_agent* agent = kx_agent();
  int slot = kx_slot_of(p);
  struct scxx_task* task;
  scxx_u32 user;

  if (!account || !ring || !agent) return;
  note_slotless(account, false);
  task = slot < 0 ? 0 : kx_task(slot);
  if (!task) return;
  user = account->user;
  task_leave(task);
  gone_push(ring, sx_read(&agent->gone_head), slot, custody_generation(sx_read(&task->custody)));
  kx_unbind(p, slot);
  slot_free(slot, user);
}

/* One that exits while it gets a slot may have passed the tracepoint that would free it. */
static __always_inline void task_init(struct task_struct* p) {
  kx_remember(p);
  if (p->flags & (PF_KTHREAD | PF_EXITING) || task_bind(p) < 0) return;
  if (sx_read(&p->flags) & PF_EXITING) task_exit(p);
}

#endif /* SCXX_BPF_TASKS_H_ */
