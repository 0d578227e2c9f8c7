/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// make_dispatcher_table.h: the dispatcher's callbacks as a table: what scxx.bpf.c has in struct_ops
// form. The functions are those of the including source file, over the port that it included before
// (bpf/port.h); one that redefines a primitive in between (a mutant) makes a changed dispatcher.
#ifndef SCXX_BPF_NATIVE_MAKE_DISPATCHER_TABLE_H_
#define SCXX_BPF_NATIVE_MAKE_DISPATCHER_TABLE_H_

#include "bpf/dispatch.h"
#include "bpf/native/dispatcher_table.h"

[[maybe_unused]] static inline scxx::DispatcherTable MakeDispatcherTable() {
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

#endif  // SCXX_BPF_NATIVE_MAKE_DISPATCHER_TABLE_H_
