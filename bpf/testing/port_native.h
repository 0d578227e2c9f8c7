/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// port_native.h: port.h's primitives over a Machine, for native tests. Include it before any header
// of the dispatcher, in a block of its own, and execute on a CPU (OnCpu) when calling one.
#ifndef SCXX_BPF_TESTING_PORT_NATIVE_H_
#define SCXX_BPF_TESTING_PORT_NATIVE_H_

#include <cstring>

#include "bpf/atomics.h"
#include "bpf/testing/machine.h"
#include "bpf/testing/native_types.h"
#include "bpf/wire.h"

#define KX_FN static inline
#define kx_for(i, n) for ((i) = 0; (i) < (n); ++(i))

#define cfg (scxx::OnCpu::machine().config())

static inline scxx_u64 kx_now() { return scxx::OnCpu::machine().now(); }
static inline scxx_u32 kx_this_cpu() { return scxx::OnCpu::cpu(); }
static inline scxx_u32 kx_task_cpu(const task_struct* p) { return p->cpu.load(); }

static inline scxx_global* kx_global() {
  return scxx::OnCpu::machine().maps().global.Find<scxx_global>(0);
}
static inline scxx_agent* kx_agent() {
  return scxx::OnCpu::machine().maps().agent.Find<scxx_agent>(0);
}
static inline scxx_cpu* kx_cpu(scxx_u32 cpu) {
  return scxx::OnCpu::machine().maps().cpus.Find<scxx_cpu>(cpu);
}
static inline scxx_event* kx_events(scxx_u32 cpu) {
  return scxx::OnCpu::machine().maps().events.Find<scxx_event>(cpu);
}
static inline scxx_dispatch_ring* kx_dispatch(scxx_u32 cpu) {
  return scxx::OnCpu::machine().maps().dispatch.Find<scxx_dispatch_ring>(cpu);
}
static inline scxx_gone_ring* kx_gone() {
  return scxx::OnCpu::machine().maps().gone.Find<scxx_gone_ring>(0);
}
static inline scxx_task* kx_task(scxx_u32 slot) {
  return scxx::OnCpu::machine().maps().tasks.Find<scxx_task>(slot);
}
static inline scxx_u64* kx_affinity(scxx_u32 slot) {
  return scxx::OnCpu::machine().maps().affinity.Find<scxx_u64>(slot);
}
static inline scxx_u64* kx_kernel_vtime(scxx_u32 slot) {
  return scxx::OnCpu::machine().maps().kernel_vtimes.Find<scxx_u64>(slot);
}

static inline void kx_set_affinity_word(scxx_u64* words, scxx_u32 index, scxx_u64 word) {
  if (index < (cfg.nr_cpus + 63) / 64) sx_write(&words[index], word);
}
static inline scxx_u64 kx_affinity_word(scxx_u64* words, scxx_u32 index) {
  return index < (cfg.nr_cpus + 63) / 64 ? sx_read(&words[index]) : 0;
}

static inline int kx_slot_of(task_struct* p) { return p->slot.load(); }
static inline task_struct* kx_slot_task(scxx_u32 slot) {
  return scxx::OnCpu::machine().SlotTask(slot);
}
static inline bool kx_bind(task_struct* p, scxx_u32 slot) {
  return scxx::OnCpu::machine().Bind(p, slot);
}
static inline void kx_unbind(task_struct* p, scxx_u32 slot) {
  scxx::OnCpu::machine().Unbind(p, slot);
}
static inline int kx_free_slot_pop() { return scxx::OnCpu::machine().PopFreeSlot(); }
static inline void kx_free_slot_push(scxx_u32 slot) { scxx::OnCpu::machine().PushFreeSlot(slot); }

static inline void kx_copy_comm(char* to, task_struct* p) {
  for (int i = 0; i < SCXX_COMM_LEN; ++i) sx_write(&to[i], p->comm[i]);
}
static inline scxx_u64 kx_cgroup_id(task_struct*) { return 1; }
static inline bool kx_signal_pending(scxx_s32 pid) {
  return scxx::OnCpu::machine().SignalPending(pid);
}

static inline void kx_insert(task_struct* p, scxx_u64 dsq, scxx_u64 slice, scxx_u64 flags) {
  scxx::OnCpu::machine().Insert(p, dsq, slice, flags, {});
}
static inline void kx_insert_vtime(task_struct* p, scxx_u64 dsq, scxx_u64 slice, scxx_u64 vtime) {
  scxx::OnCpu::machine().Insert(p, dsq, slice, 0, vtime);
}
static inline void kx_cancel() { scxx::OnCpu::machine().Cancel(); }
static inline bool kx_consume(scxx_u64 dsq) { return scxx::OnCpu::machine().Consume(dsq); }
static inline bool kx_dsq_waiting(scxx_u64 dsq) { return scxx::OnCpu::machine().NrQueued(dsq) > 0; }
static inline void kx_kick(scxx_u32 cpu, scxx_u64 flags) {
  scxx::OnCpu::machine().Kick(cpu, flags);
}
static inline void kx_set_slice(task_struct* p, scxx_u64 slice) { p->scx.slice = slice; }
static inline void kx_timer_in(scxx_u64 ns) { scxx::OnCpu::machine().SetTimer(ns); }

static inline bool kx_pinned(task_struct* p) { return p->migration_disabled; }
static inline bool kx_affinity_has(const cpumask* mask, scxx_u32 cpu) { return mask->Has(cpu); }
static inline bool kx_allowed(task_struct* p, scxx_u32 cpu) {
  return (!p->migration_disabled || kx_task_cpu(p) == cpu) && p->cpus_ptr->Has(cpu);
}
static inline scxx_s32 kx_select_idle(task_struct* p, scxx_s32 prev_cpu, scxx_u64, bool* idle) {
  return scxx::OnCpu::machine().SelectIdle(p, prev_cpu, idle);
}

#endif  // SCXX_BPF_TESTING_PORT_NATIVE_H_
