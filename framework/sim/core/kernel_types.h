// SPDX-License-Identifier: Apache-2.0
//
// The kernel's types as the simulator has them: the fields that the dispatcher names
// (bpf/kernel_types.h), and below them what the modelled core keeps about a task. They stand
// outside of any namespace because the dispatcher is C.

#ifndef SCXX_FRAMEWORK_SIM_CORE_KERNEL_TYPES_H_
#define SCXX_FRAMEWORK_SIM_CORE_KERNEL_TYPES_H_

#include <cstdint>

#include "bpf/port.h"
#include "bpf/wire.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"

namespace scxx::sim {
class Dsq;

// task_struct::policy, as the kernel's SCHED_* number them.
inline constexpr unsigned int kSchedNormal = 0;
inline constexpr unsigned int kSchedFifo = 1;
inline constexpr unsigned int kSchedRr = 2;
inline constexpr unsigned int kSchedBatch = 3;
inline constexpr unsigned int kSchedIdle = 5;
inline constexpr unsigned int kSchedDeadline = 6;

// Whose behaviour, where two kernels differ in what a scheduler sees (S14 of docs/simulation.md).
enum class KernelModel : uint8_t { k6_12, k7_3 };

// Of a class above sched_ext.
inline constexpr bool IsHigherPolicy(unsigned int policy) {
  return policy == kSchedFifo || policy == kSchedRr || policy == kSchedDeadline;
}
}  // namespace scxx::sim

struct cpumask {
  scxx::CpuSet cpus;

  bool Has(scxx_u32 cpu) const { return cpus.Contains(scxx::CpuId(static_cast<int>(cpu))); }
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
  task_struct() = default;
  task_struct(const task_struct&) = delete;  // cpus_ptr and the DSQs point into it
  task_struct& operator=(const task_struct&) = delete;

  bool Allowed(int on) const { return allowed.cpus.Contains(scxx::CpuId(on)); }
  // What it may run on just now.
  bool MayUse(int on) const { return cpus_ptr->cpus.Contains(scxx::CpuId(on)); }

  unsigned int flags = 0;
  int static_prio = 120;
  unsigned int policy = scxx::sim::kSchedNormal;
  const cpumask* cpus_ptr = &allowed;
  unsigned short migration_disabled = 0;
  int pid = 0;
  int tgid = 0;
  unsigned int uid = 0;
  unsigned long nvcsw = 0;
  char comm[SCXX_COMM_LEN] = {};
  sched_entity se;
  sched_ext_entity scx;

  // ---- the core's ----

  // Who has the task, as p->scx.ops_state: the kernel, ops.enqueue just now, or BPF.
  enum class OpsState : uint8_t { kNone, kQueueing, kQueued };
  OpsState ops_state = OpsState::kNone;
  bool on_rq = false;       // runnable
  bool running = false;     // somewhere's curr
  bool has_run = false;     // since runnable_at was taken
  bool in_custody = false;  // QUEUED, or in a DSQ that BPF created
  bool enabled = false;     // in the sched_ext class
  uint64_t qseq = 0;        // of its last ops.enqueue
  int cpu = 0;              // task_cpu()
  uint64_t cgroup = 1;      // its id
  cpumask allowed;
  cpumask own_cpu;                // cpus_ptr, once it has switched out with migration disabled
  scxx::sim::Dsq* dsq = nullptr;  // the one that holds it
  task_struct* dsq_prev = nullptr;
  task_struct* dsq_next = nullptr;
  int64_t runnable_at = 0;  // what the watchdog looks at

  // ---- task storage ----

  int slot = -1;
  scxx_account account = {};

  // ---- the simulator's ----

  uint32_t index = 0;    // in the machine's table of tasks
  uint32_t changes = 0;  // of its nice value or its CPUs
  int64_t burst = 0;     // CPU time it wants before its next system call
};

namespace scxx::sim {
inline bool IsHigher(const task_struct& p) { return IsHigherPolicy(p.policy); }
}  // namespace scxx::sim

#ifndef SCHED_BATCH
#define SCHED_BATCH 3
#endif
#ifndef SCHED_IDLE
#define SCHED_IDLE 5
#endif
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define SCX_DSQ_LOCAL (1ull << 63 | 2)
#define SCX_DSQ_GLOBAL (1ull << 63 | 1)
#define SCX_DSQ_LOCAL_ON (3ull << 62)
#define SCX_DSQ_LOCAL_CPU_MASK 0xffffffffull
#define SCX_KICK_IDLE 1ull
#define SCX_KICK_PREEMPT 2ull
#define SCX_TASK_QUEUED 1u
#define KX_ENQ_PREEMPT (1ull << 32)
#define KX_ENQ_LAST (1ull << 41)

#endif  // SCXX_FRAMEWORK_SIM_CORE_KERNEL_TYPES_H_
