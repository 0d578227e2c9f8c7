/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// dispatcher_ops.h: the dispatcher's callbacks as a table, for kernel.h. The native counterpart of
// scxx.bpf.c: what is there in struct_ops form is here as pointers. The functions are those of the
// including file, so a file that changes a primitive first (a mutant) gets a changed table.
#ifndef SCXX_BPF_TESTING_DISPATCHER_OPS_H_
#define SCXX_BPF_TESTING_DISPATCHER_OPS_H_

#include "bpf/testing/kernel.h"
#include "bpf/testing/port_native.h"

#include "bpf/dispatch.h"

static inline scxx::Ops DispatcherOps() {
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
      .timer = [] { return static_cast<uint64_t>(timer_run()); },
  };
}

#endif  // SCXX_BPF_TESTING_DISPATCHER_OPS_H_
