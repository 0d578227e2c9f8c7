// SPDX-License-Identifier: Apache-2.0
//
// port_sim.h: bpf/port.h's primitives over the simulated core. Include it before any header of the
// dispatcher. A mutant redefines one of them in between (mutants/).

#ifndef SCXX_FRAMEWORK_SIM_CORE_PORT_SIM_H_
#define SCXX_FRAMEWORK_SIM_CORE_PORT_SIM_H_

#include <cstring>

#include "bpf/atomics.h"
#include "bpf/wire.h"
#include "framework/sim/core/core.h"
#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/kernel_types.h"

#define KX_FN [[maybe_unused]] static inline
#define kx_checked(pointer) ((void)(pointer))
#define kx_for(i, n) for ((i) = 0; (i) < (n); ++(i))

#define SIM_STATE (scxx::sim::DispatcherState::Current())
#define cfg (SIM_STATE.config())

// A mutant may leave some of them unused.
#define KX [[maybe_unused]] static inline

KX scxx_u64 kx_now() { return SIM_STATE.core().Clock().nanos(); }
KX scxx_u32 kx_this_cpu() { return SIM_STATE.core().here(); }
KX scxx_u32 kx_task_cpu(const task_struct* p) { return p->cpu; }

KX scxx_global* kx_global() { return SIM_STATE.maps().global.Find<scxx_global>(0); }
KX scxx_agent* kx_agent() { return SIM_STATE.maps().agent.Find<scxx_agent>(0); }
KX scxx_cpu* kx_cpu(scxx_u32 cpu) { return SIM_STATE.maps().cpus.Find<scxx_cpu>(cpu); }
KX scxx_event* kx_events(scxx_u32 cpu) { return SIM_STATE.maps().events.Find<scxx_event>(cpu); }
KX scxx_dispatch_ring* kx_dispatch(scxx_u32 cpu) {
  return SIM_STATE.maps().dispatch.Find<scxx_dispatch_ring>(cpu);
}
KX scxx_gone_ring* kx_gone() { return SIM_STATE.maps().gone.Find<scxx_gone_ring>(0); }
KX scxx_task* kx_task(scxx_u32 slot) { return SIM_STATE.maps().tasks.Find<scxx_task>(slot); }
KX scxx_u64* kx_affinity(scxx_u32 slot) { return SIM_STATE.maps().affinity.Find<scxx_u64>(slot); }

KX void kx_set_affinity_word(scxx_u64* words, scxx_u32 index, scxx_u64 word) {
  if (index < (cfg.nr_cpus + 63) / 64) words[index] = word;
}
KX scxx_u64 kx_affinity_word(scxx_u64* words, scxx_u32 index) {
  return index < (cfg.nr_cpus + 63) / 64 ? words[index] : 0;
}

KX int kx_slot_of(task_struct* p) { return p->slot; }
KX scxx_account* kx_account(task_struct* p) { return &p->account; }
KX scxx_u32 kx_user(const task_struct* p) { return p->uid; }
KX scxx_u32* kx_user_slots(scxx_u32 user) { return SIM_STATE.UserSlots(user); }
KX void kx_remember(task_struct* p) { p->account = {}; }
KX task_struct* kx_slot_task(scxx_u32 slot) { return SIM_STATE.SlotTask(slot); }
KX bool kx_bind(task_struct* p, scxx_u32 slot) {
  SIM_STATE.Bind(*p, slot);
  return true;
}
KX void kx_unbind(task_struct* p, scxx_u32 slot) { SIM_STATE.Unbind(*p, slot); }
KX int kx_free_slot_pop() { return SIM_STATE.PopFreeSlot(); }
KX void kx_free_slot_push(scxx_u32 slot) { SIM_STATE.PushFreeSlot(slot); }

KX void kx_copy_comm(char* to, task_struct* p) { memcpy(to, p->comm, SCXX_COMM_LEN); }
KX scxx_u64 kx_cgroup_id(task_struct* p) { return p->cgroup; }
KX bool kx_signal_pending(scxx_s32) { return SIM_STATE.signal_pending(); }

KX void kx_insert(task_struct* p, scxx_u64 dsq, scxx_u64 slice, scxx_u64 flags) {
  SIM_STATE.core().Insert(p, dsq, slice, flags, {});
}
KX void kx_insert_vtime(task_struct* p, scxx_u64 dsq, scxx_u64 slice, scxx_u64 vtime) {
  SIM_STATE.core().Insert(p, dsq, slice, 0, vtime);
}
KX void kx_cancel() { SIM_STATE.core().Cancel(); }
KX bool kx_consume(scxx_u64 dsq) { return SIM_STATE.core().MoveToLocal(dsq); }
KX scxx_u64 kx_dsq_length(scxx_u64 dsq) { return SIM_STATE.core().NrQueued(dsq); }
KX bool kx_dsq_waiting(scxx_u64 dsq) { return SIM_STATE.core().NrQueued(dsq) > 0; }
KX void kx_first(scxx_u64 dsq, scxx_first* first) {
  const task_struct* const p = SIM_STATE.core().First(dsq);
  *first = p == nullptr ? scxx_first()
                        : scxx_first{.since = p->account.since,
                                     .weight = p->scx.weight,
                                     .static_prio = static_cast<scxx_u32>(p->static_prio),
                                     .idle = p->policy == SCHED_IDLE};
}
KX void kx_shorten_first(scxx_u64 dsq) {
  if (task_struct* const p = SIM_STATE.core().First(dsq); p != nullptr) p->scx.slice = 1;
}
KX void kx_kick(scxx_u32 cpu, scxx_u64 flags) {
  SIM_STATE.core().Kick(static_cast<int>(cpu), flags);
}
KX void kx_set_slice(task_struct* p, scxx_u64 slice) { p->scx.slice = slice; }
KX void kx_timer_in(scxx_u64 ns) {
  SIM_STATE.core().SetTimer(scxx::Nanos(static_cast<int64_t>(ns)));
}

KX scxx_u32 kx_nr_runnable(scxx_u32 cpu) {
  return SIM_STATE.core().NrRunnable(static_cast<int>(cpu));
}
KX bool kx_higher(scxx_u32 cpu) { return SIM_STATE.core().HasHigher(static_cast<int>(cpu)); }
KX bool kx_server_asks(scxx_u32 cpu) { return SIM_STATE.core().ServerRuns(static_cast<int>(cpu)); }
KX void kx_reenqueue(scxx_u64 dsq) { SIM_STATE.core().Reenqueue(dsq); }

KX scxx_u32 kx_nr_allowed(task_struct* p) {
  return static_cast<scxx_u32>(p->cpus_ptr->cpus.size());
}
KX bool kx_pinned(task_struct* p) { return p->migration_disabled != 0; }
KX bool kx_affinity_has(const cpumask* mask, scxx_u32 cpu) { return mask->Has(cpu); }
KX bool kx_allowed(task_struct* p, scxx_u32 cpu) {
  return (!p->migration_disabled || kx_task_cpu(p) == cpu) && p->cpus_ptr->Has(cpu);
}
KX scxx_s32 kx_select_idle(task_struct* p, scxx_s32 prev_cpu, scxx_u64, bool* idle) {
  return SIM_STATE.core().SelectIdle(*p, prev_cpu, idle);
}

#undef KX

#endif  // SCXX_FRAMEWORK_SIM_CORE_PORT_SIM_H_
