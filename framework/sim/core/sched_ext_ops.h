// SPDX-License-Identifier: Apache-2.0
//
// SchedExtOps: struct sched_ext_ops for the modelled core. Derive from it what is to be scheduled
// by: the shipped dispatcher (dispatcher.h), a mutant of it, or a test's few lines. A callback may
// call Core's kfuncs where a kernel would allow it; the core objects to the rest.

#ifndef SCXX_FRAMEWORK_SIM_CORE_SCHED_EXT_OPS_H_
#define SCXX_FRAMEWORK_SIM_CORE_SCHED_EXT_OPS_H_

#include <cstddef>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/sim/core/kernel_types.h"

namespace scxx::sim {

class SchedExtOps {
 public:
  // sched_ext_ops.flags and its numbers.
  struct Flags {
    bool enq_last = false;                // SCX_OPS_ENQ_LAST
    bool enq_exiting = false;             // SCX_OPS_ENQ_EXITING
    bool enq_migration_disabled = false;  // SCX_OPS_ENQ_MIGRATION_DISABLED
    size_t dispatch_max_batch = 32;
    Nanos timeout = Seconds(30);
  };

  virtual ~SchedExtOps() = default;

  virtual Flags flags() const { return {}; }

  virtual void InitTask(task_struct&) {}
  // The task has exited; the same code runs at the sched_process_exit tracepoint, so twice.
  virtual void ExitTask(task_struct&) {}
  virtual void Disable(task_struct&) {}
  virtual void SetCpumask(task_struct&, const cpumask&) {}
  // The CPU to wake the task on.
  virtual int SelectCpu(task_struct&, int prev_cpu, uint64_t) { return prev_cpu; }
  virtual void Enqueue(task_struct&, uint64_t enq_flags) = 0;
  virtual void Dispatch(int cpu, task_struct* prev) = 0;
  virtual void Yield(task_struct& p) { p.scx.slice = 0; }
  virtual void UpdateIdle(int, bool) {}
  // A BPF timer's body: when to run next; zero: there is none.
  virtual Nanos Timer() { return Nanos::Zero(); }
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_SCHED_EXT_OPS_H_
