// SPDX-License-Identifier: Apache-2.0
//
// Dispatcher: the BPF program's logic, natively, attached to the simulated core.
//
//   DispatcherState state(core, config, agent_pid);
//   Dispatcher dispatcher(state, ShippedDispatcher());
//   core.Attach(dispatcher, tasks);

#ifndef SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_H_
#define SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_H_

#include <cstdint>

#include "bpf/native/dispatcher_table.h"
#include "framework/base/units.h"
#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/core/sched_ext_ops.h"

namespace scxx::sim {

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

#endif  // SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_H_
