/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// dispatcher_table.h: sched_ext_ops as far as the BPF program uses it, and the body of its timer,
// for a modelled core to call. make_dispatcher_table.h fills it in.
#ifndef SCXX_BPF_NATIVE_DISPATCHER_TABLE_H_
#define SCXX_BPF_NATIVE_DISPATCHER_TABLE_H_

#include <cstdint>

struct cpumask;
struct task_struct;

namespace scxx {

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

}  // namespace scxx

#endif  // SCXX_BPF_NATIVE_DISPATCHER_TABLE_H_
