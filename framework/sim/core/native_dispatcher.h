// SPDX-License-Identifier: Apache-2.0
//
// NativeDispatcher: bpf/*.h as a scheduler of the simulated core: what scxx.bpf.c is for a kernel.
// Include it after port_sim.h, in a block of its own. The class is the including file's own, as the
// dispatcher's functions are, so a file that redefines a primitive of the port before it includes
// this one gets a changed dispatcher (mutants/).

#ifndef SCXX_FRAMEWORK_SIM_CORE_NATIVE_DISPATCHER_H_
#define SCXX_FRAMEWORK_SIM_CORE_NATIVE_DISPATCHER_H_

#include <cstdint>
#include <memory>

#include "bpf/dispatch.h"
#include "framework/base/units.h"
#include "framework/sim/core/dispatcher.h"
#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/core/sched_ext_ops.h"

namespace scxx::sim {
namespace {

class NativeDispatcher : public SchedExtOps {
 public:
  explicit NativeDispatcher(DispatcherState& state) : state_(state) {}

  Flags flags() const override {
    return {.enq_last = true, .dispatch_max_batch = 64, .timeout = Seconds(5)};
  }
  void InitTask(task_struct& p) override {
    Scope scope(state_);
    task_init(&p);
  }
  void ExitTask(task_struct& p) override {
    Scope scope(state_);
    task_exit(&p);
  }
  void Disable(task_struct& p) override {
    Scope scope(state_);
    on_disable(&p);
  }
  void SetCpumask(task_struct& p, const cpumask& mask) override {
    Scope scope(state_);
    const int slot = kx_slot_of(&p);
    if (slot >= 0) task_set_affinity(slot, &mask);
  }
  int SelectCpu(task_struct& p, int prev_cpu, uint64_t flags) override {
    Scope scope(state_);
    return on_select_cpu(&p, prev_cpu, flags);
  }
  void Enqueue(task_struct& p, uint64_t flags) override {
    Scope scope(state_);
    on_enqueue(&p, flags);
  }
  void Dispatch(int cpu, task_struct* prev) override {
    Scope scope(state_);
    on_dispatch(cpu, prev);
  }
  void Yield(task_struct& p) override {
    Scope scope(state_);
    on_yield(&p);
  }
  void UpdateIdle(int cpu, bool idle) override {
    Scope scope(state_);
    on_update_idle(cpu, idle);
  }
  Nanos Timer() override {
    Scope scope(state_);
    return Nanos(static_cast<int64_t>(timer_run()));
  }

 protected:
  using Scope = DispatcherState::Scope;

  DispatcherState& state_;
};

// A MakeDispatcher.
[[maybe_unused]] std::unique_ptr<SchedExtOps> MakeNativeDispatcher(DispatcherState& state) {
  return std::make_unique<NativeDispatcher>(state);
}

}  // namespace
}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_NATIVE_DISPATCHER_H_
