// SPDX-License-Identifier: Apache-2.0
//
// The dispatcher's callbacks as a table: what scxx.bpf.c has in struct_ops form. The functions are
// those of the including file, so a file that redefines a primitive first (a mutant) makes a table
// of a changed dispatcher. Include it once a source file, last.

#ifndef SCXX_FRAMEWORK_SIM_DISPATCHER_OPS_H_
#define SCXX_FRAMEWORK_SIM_DISPATCHER_OPS_H_

#include "framework/sim/dispatcher.h"
#include "framework/sim/port_sim.h"

#include "bpf/dispatch.h"

[[maybe_unused]] static inline scxx::sim::DispatcherTable MakeDispatcherTable() {
  return {
      .select_cpu = [](task_struct* p, int prev_cpu,
                       uint64_t flags) { return on_select_cpu(p, prev_cpu, flags); },
      .enqueue = [](task_struct* p, uint64_t flags) { on_enqueue(p, flags); },
      .dispatch = [](int cpu, task_struct* prev) { on_dispatch(cpu, prev); },
      .yield = [](task_struct* from) { on_yield(from); },
      .update_idle = [](int cpu, bool idle) { on_update_idle(cpu, idle); },
      .set_cpumask =
          [](task_struct* p, const cpumask* mask) {
            if (kx_slot_of(p) >= 0) task_set_affinity(kx_slot_of(p), mask);
          },
      .init_task = [](task_struct* p) { task_init(p); },
      .exit_task = [](task_struct* p) { task_exit(p); },
      .disable = [](task_struct* p) { on_disable(p); },
      .timer = []() -> uint64_t { return timer_run(); },
  };
}

#endif  // SCXX_FRAMEWORK_SIM_DISPATCHER_OPS_H_
