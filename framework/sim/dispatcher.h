// SPDX-License-Identifier: Apache-2.0
//
// Dispatcher: the BPF program's logic, natively, attached to the simulated core.
//
//   DispatcherState state(core, config, agent_pid);
//   Dispatcher dispatcher(state, ShippedDispatcher());
//   core.Attach(dispatcher, tasks);

#ifndef SCXX_FRAMEWORK_SIM_DISPATCHER_H_
#define SCXX_FRAMEWORK_SIM_DISPATCHER_H_

#include <cstdint>

#include "framework/base/units.h"
#include "framework/sim/dispatcher_state.h"
#include "framework/sim/kernel_types.h"
#include "framework/sim/sched_ext_ops.h"

namespace scxx::sim {

// sched_ext_ops as far as the BPF program uses it, and the body of its timer.
struct DispatcherTable {
  int (*select_cpu)(task_struct* p, int prev_cpu, uint64_t flags);
  void (*enqueue)(task_struct* p, uint64_t flags);
  void (*dispatch)(int cpu, task_struct* prev);
  void (*yield)(task_struct* from);
  void (*update_idle)(int cpu, bool idle);
  void (*set_cpumask)(task_struct* p, const cpumask* mask);
  void (*init_task)(task_struct* p);
  void (*exit_task)(task_struct* p);
  void (*disable)(task_struct* p);
  uint64_t (*timer)();
};

// bpf/*.h as they are compiled for the kernel.
const DispatcherTable& ShippedDispatcher();

class Dispatcher final : public SchedExtOps {
 public:
  Dispatcher(DispatcherState& state, const DispatcherTable& table) : state_(state), table_(table) {}

  Flags flags() const override;
  void InitTask(task_struct& p) override;
  void ExitTask(task_struct& p) override;
  void Disable(task_struct& p) override;
  void SetCpumask(task_struct& p, const cpumask& mask) override;
  int SelectCpu(task_struct& p, int prev_cpu, uint64_t flags) override;
  void Enqueue(task_struct& p, uint64_t enq_flags) override;
  void Dispatch(int cpu, task_struct* prev) override;
  void Yield(task_struct& p) override;
  void UpdateIdle(int cpu, bool idle) override;
  Nanos Timer() override;

 private:
  DispatcherState& state_;
  const DispatcherTable table_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_DISPATCHER_H_
