/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// native_types.h: the kernel's types and constants as native code has them: the fields that the
// dispatcher names (bpf/kernel_types.h), and what the modelled core keeps about a task (machine.h).
#ifndef SCXX_BPF_TESTING_NATIVE_TYPES_H_
#define SCXX_BPF_TESTING_NATIVE_TYPES_H_

#include <atomic>
#include <cstdint>
#include <mutex>

#include "bpf/wire.h"

// Changed by the core while other CPUs read it, a word at a time, as in the kernel.
struct cpumask {
  std::atomic<scxx_u64> bits[SCXX_MASK_WORDS] = {};

  bool Has(scxx_u32 cpu) const {
    return cpu < SCXX_MAX_CPUS && (bits[cpu / 64].load() >> (cpu % 64) & 1) != 0;
  }
};

struct sched_entity {
  scxx_u64 sum_exec_runtime = 0;
};

struct sched_ext_entity {
  scxx_u64 slice = 0;
  scxx_u64 dsq_vtime = 0;
  scxx_u32 weight = 100;
  scxx_u32 flags = 0;
};

struct task_struct {
  unsigned int flags = 0;
  int static_prio = 120;
  const struct cpumask* cpus_ptr = &allowed;
  unsigned short migration_disabled = 0;
  int pid = 0;
  int tgid = 0;
  unsigned long nvcsw = 0;
  char comm[SCXX_COMM_LEN] = {};
  sched_entity se;
  sched_ext_entity scx;

  // The core's. `ops_state` is one of OpsState, above it the sequence number of the enqueue.
  enum OpsState : uint64_t { kNone, kQueueing, kQueued };
  std::atomic<uint64_t> ops_state = kNone;
  std::atomic<int> cpu = 0;
  std::atomic<int> slot = -1;
  // Held by whoever enqueues it or changes its properties: its run queue's lock, as far as it
  // matters.
  std::mutex rq_lock;
  struct cpumask allowed;
  uint64_t dsq = 0;       // the DSQ that holds it, 0: none; guarded by the machine's lock
  int dsq_cpu = -1;       // whose local DSQ, if it is one
  bool runnable = false;  // on a run queue
  bool exiting = false;
};

#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define SCX_DSQ_LOCAL (1ull << 63 | 2)
#define SCX_KICK_IDLE 1ull
#define SCX_KICK_PREEMPT 2ull
#define SCX_TASK_QUEUED 1u
#define KX_ENQ_PREEMPT (1ull << 32)
#define KX_ENQ_LAST (1ull << 41)

#endif  // SCXX_BPF_TESTING_NATIVE_TYPES_H_
