// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/dispatcher.h"

namespace scxx::sim {

using Scope = DispatcherState::Scope;

SchedExtOps::Flags Dispatcher::flags() const {
  return {.enq_last = true, .dispatch_max_batch = 64, .timeout = Seconds(5)};
}

void Dispatcher::InitTask(task_struct& p) {
  Scope scope(state_);
  table_.init_task(&p);
}

void Dispatcher::ExitTask(task_struct& p) {
  Scope scope(state_);
  table_.exit_task(&p);
}

void Dispatcher::Disable(task_struct& p) {
  Scope scope(state_);
  table_.disable(&p);
}

void Dispatcher::SetCpumask(task_struct& p, const cpumask& mask) {
  Scope scope(state_);
  table_.set_cpumask(&p, &mask);
}

int Dispatcher::SelectCpu(task_struct& p, int prev_cpu, uint64_t flags) {
  Scope scope(state_);
  return table_.select_cpu(&p, prev_cpu, flags);
}

void Dispatcher::Enqueue(task_struct& p, uint64_t enq_flags) {
  Scope scope(state_);
  table_.enqueue(&p, enq_flags);
}

void Dispatcher::Dispatch(int cpu, task_struct* prev) {
  Scope scope(state_);
  table_.dispatch(cpu, prev);
}

void Dispatcher::Yield(task_struct& p) {
  Scope scope(state_);
  table_.yield(&p);
}

void Dispatcher::UpdateIdle(int cpu, bool idle) {
  Scope scope(state_);
  table_.update_idle(cpu, idle);
}

Nanos Dispatcher::Timer() {
  Scope scope(state_);
  return Nanos(static_cast<int64_t>(table_.timer()));
}

}  // namespace scxx::sim
