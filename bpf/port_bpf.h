/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * port_bpf.h: port.h's primitives as maps and kfuncs, with the differences between kernels (6.12
 * to 7.3) hidden.
 *
 * Kernels are told apart by what they offer, never by version: a kfunc that is absent resolves to 0
 * and the branch that uses it is never verified.
 */
#ifndef SCXX_BPF_PORT_BPF_H_
#define SCXX_BPF_PORT_BPF_H_

#include "bpf/kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/atomics.h"
#include "bpf/kfuncs.h"
#include "bpf/maps_bpf.h"
#include "bpf/wire.h"

#ifndef bpf_ksym_exists
#define bpf_ksym_exists(sym) (!!sym)
#endif

static __always_inline void kx_timer_in(scxx_u64 ns) {
  u32 key = 0;
  struct timer_value* value = bpf_map_lookup_elem(&scxx_timer, &key);

  if (value) bpf_timer_start(&value->timer, ns, 0);
}

const volatile struct scxx_config cfg SEC(".rodata.config");

/* ---- port.h ---- */

/*
 * A global function is verified once for all arguments. Inlined, its paths would multiply with its
 * caller's: without these the verifier takes minutes instead of milliseconds.
 */
#define KX_FN __attribute__((noinline))

#define kx_checked(pointer) asm volatile("" : "+r"(pointer))

#define KX_LOOKUP(type, map, index)               \
  ({                                              \
    u32 __index = (index);                        \
    (type*)bpf_map_lookup_elem(&(map), &__index); \
  })

#define kx_global() KX_LOOKUP(struct scxx_global, scxx_global, 0)
#define kx_agent() KX_LOOKUP(struct scxx_agent, scxx_agent, 0)
#define kx_cpu(cpu) KX_LOOKUP(struct scxx_cpu, scxx_cpus, cpu)
#define kx_events(cpu) KX_LOOKUP(struct scxx_event, scxx_events, cpu)
#define kx_dispatch(cpu) KX_LOOKUP(struct scxx_dispatch_ring, scxx_dispatch, cpu)
#define kx_gone() KX_LOOKUP(struct scxx_gone_ring, scxx_gone, 0)
#define kx_task(slot) KX_LOOKUP(struct scxx_task, scxx_tasks, slot)
#define kx_affinity(slot) KX_LOOKUP(u64, scxx_affinity, slot)
#define kx_user_slots(user) KX_LOOKUP(u32, scxx_users, (user) & (SCXX_USERS - 1))

/* A kernel whose build has cut 64-bit enumerators in half says 0, which no flag is. The verifier
 * knows the constant and drops the other branch. */
#define KX_WIDE_FLAG(name)                                       \
  ({                                                             \
    u64 __whole = bpf_core_enum_value(enum scx_enq_flags, name); \
    __whole ? __whole : (u64)name;                               \
  })
#define KX_ENQ_PREEMPT KX_WIDE_FLAG(SCX_ENQ_PREEMPT)
#define KX_ENQ_LAST KX_WIDE_FLAG(SCX_ENQ_LAST)

/* An open-coded iterator: the verifier looks at the body once, whatever n is. Leaving the body by
 * `break` or `return` is fine. */
static __always_inline void kx_iter_end(struct bpf_iter_num* it) { bpf_iter_num_destroy(it); }

#define kx_for(i, n)                                                               \
  for (struct bpf_iter_num __it __attribute__((aligned(8), cleanup(kx_iter_end))), \
       *__p __attribute__((unused)) = (bpf_iter_num_new(&__it, 0, (n)), (void*)0); \
       ({                                                                          \
         int* __v = bpf_iter_num_next(&__it);                                      \
         bool __go = !!__v;                                                        \
         if (__go) (i) = *__v;                                                     \
         __go;                                                                     \
       });)

static __always_inline u64 kx_now(void) { return bpf_ktime_get_ns(); }

static __always_inline u32 kx_this_cpu(void) { return bpf_get_smp_processor_id(); }

static __always_inline u32 kx_task_cpu(const struct task_struct* p) { return scx_bpf_task_cpu(p); }

static __always_inline int kx_slot_of(struct task_struct* p) {
  struct task_context* ctx = bpf_task_storage_get(&scxx_task_ctx, p, 0, 0);

  return ctx ? (int)ctx->slot_plus_1 - 1 : -1;
}

static __always_inline struct scxx_account* kx_account(struct task_struct* p) {
  return bpf_task_storage_get(&scxx_task_ctx, p, 0, 0);
}

/* The user who made the outermost of the user namespaces that `ns` is in. */
#define NAMESPACES_DEEP 33
KX_FN u64 maker_of_namespace(u64 ns) {
  u32 i = 0;

  kx_for(i, NAMESPACES_DEEP) {
    if (BPF_CORE_READ((struct user_namespace*)ns, level) <= 1) break;
    ns = (u64)BPF_CORE_READ((struct user_namespace*)ns, parent);
  }
  return BPF_CORE_READ((struct user_namespace*)ns, owner.val);
}

/*
 * The real uid, as where processes are limited. An ordinary user may have thousands of ids in a
 * user namespace, so there it is the one who made it. Root makes namespaces for others, and gives
 * each ids of its own.
 */
static __always_inline u32 kx_user(struct task_struct* p) {
  const struct cred* cred = BPF_CORE_READ(p, real_cred);
  struct user_namespace* ns = BPF_CORE_READ(cred, user_ns);
  u32 uid = BPF_CORE_READ(cred, uid.val);
  u32 maker;

  if (!BPF_CORE_READ(ns, level)) return uid;
  maker = maker_of_namespace((u64)ns);
  return maker ? maker : uid;
}

static __always_inline void kx_remember(struct task_struct* p) {
  bpf_task_storage_get(&scxx_task_ctx, p, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline struct task_struct* kx_slot_task(u32 slot) {
  struct slot_private* priv = bpf_map_lookup_elem(&scxx_slots, &slot);

  return priv ? priv->task : NULL;
}

static __always_inline bool kx_bind(struct task_struct* p, u32 slot) {
  struct slot_private* priv = bpf_map_lookup_elem(&scxx_slots, &slot);
  struct task_context* ctx;
  struct task_struct* task;

  ctx = bpf_task_storage_get(&scxx_task_ctx, p, 0, 0);
  if (!priv || !ctx) return false;
  task = bpf_task_acquire(p);
  if (!task) return false;
  ctx->slot_plus_1 = slot + 1;
  task = bpf_kptr_xchg(&priv->task, task);
  if (task) bpf_task_release(task);
  return true;
}

static __always_inline void kx_unbind(struct task_struct* p, u32 slot) {
  struct slot_private* priv = bpf_map_lookup_elem(&scxx_slots, &slot);
  struct task_context* ctx = bpf_task_storage_get(&scxx_task_ctx, p, 0, 0);
  struct task_struct* task;

  if (ctx) ctx->slot_plus_1 = 0; /* and pays for what it runs until it is gone, as others do */
  if (!priv) return;
  task = bpf_kptr_xchg(&priv->task, NULL);
  if (task) bpf_task_release(task);
}

static __always_inline void kx_copy_comm(char* to, struct task_struct* p) {
  bpf_probe_read_kernel(to, SCXX_COMM_LEN, p->comm);
}

static __always_inline u64 kx_cgroup_id(struct task_struct* p) {
  return BPF_CORE_READ(p, cgroups, dfl_cgrp, kn, id);
}

/* Waits for it to run: a stopped or killed thread that is parked could not react otherwise. */
static __always_inline bool kx_signal_pending(s32 pid) {
  struct task_struct* p = bpf_task_from_pid(pid);
  unsigned long pending;

  if (!p) return false;
  pending = BPF_CORE_READ(p, pending.signal.sig[0]) |
            BPF_CORE_READ(p, signal, shared_pending.signal.sig[0]);
  bpf_task_release(p);
  return pending != 0;
}

static __always_inline int kx_free_slot_pop(void) {
  u32 slot;

  return bpf_map_pop_elem(&scxx_free_slots, &slot) ? -1 : (int)slot;
}

static __always_inline void kx_free_slot_push(u32 slot) {
  bpf_map_push_elem(&scxx_free_slots, &slot, 0);
}

static __always_inline void kx_insert(struct task_struct* p, u64 dsq, u64 slice, u64 flags) {
  if (bpf_ksym_exists(scx_bpf_dsq_insert___v2___scxx))
    scx_bpf_dsq_insert___v2___scxx(p, dsq, slice, flags);
  else if (bpf_ksym_exists(scx_bpf_dsq_insert))
    scx_bpf_dsq_insert(p, dsq, slice, flags);
  else
    scx_bpf_dispatch(p, dsq, slice, flags);
}

static __always_inline void kx_insert_vtime(struct task_struct* p, u64 dsq, u64 slice, u64 vtime) {
  if (bpf_ksym_exists(__scx_bpf_dsq_insert_vtime)) {
    struct scx_bpf_dsq_insert_vtime_args args = {.dsq_id = dsq, .slice = slice, .vtime = vtime};

    __scx_bpf_dsq_insert_vtime(p, &args);
  } else if (bpf_ksym_exists(scx_bpf_dsq_insert_vtime)) {
    scx_bpf_dsq_insert_vtime(p, dsq, slice, vtime, 0);
  } else {
    scx_bpf_dispatch_vtime(p, dsq, slice, vtime, 0);
  }
}

static __always_inline void kx_cancel(void) { scx_bpf_dispatch_cancel(); }

static __always_inline bool kx_consume(u64 dsq) {
  if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___scxx))
    return scx_bpf_dsq_move_to_local___v2___scxx(dsq, 0);
  if (bpf_ksym_exists(scx_bpf_dsq_move_to_local)) return scx_bpf_dsq_move_to_local(dsq);
  return scx_bpf_consume(dsq);
}

static __always_inline u64 kx_dsq_length(u64 dsq) {
  s32 length = scx_bpf_dsq_nr_queued(dsq);

  return length > 0 ? length : 0;
}

static __always_inline void kx_first(u64 dsq, struct scxx_first* first) {
  struct bpf_iter_scx_dsq it;
  struct scxx_account* account;
  struct task_struct* p;

  first->since = first->weight = first->static_prio = first->idle = 0;
  if (bpf_iter_scx_dsq_new(&it, dsq, 0) == 0 && (p = bpf_iter_scx_dsq_next(&it))) {
    first->weight = p->scx.weight;
    first->static_prio = p->static_prio;
    first->idle = p->policy == SCHED_IDLE;
    account = kx_account(p);
    if (account) first->since = account->since;
  }
  bpf_iter_scx_dsq_destroy(&it);
}

static __always_inline void kx_set_slice(struct task_struct* p, u64 slice) {
  if (bpf_ksym_exists(scx_bpf_task_set_slice))
    scx_bpf_task_set_slice(p, slice);
  else
    p->scx.slice = slice;
}

static __always_inline void kx_shorten_first(u64 dsq) {
  struct bpf_iter_scx_dsq it;
  struct task_struct* p;

  if (bpf_iter_scx_dsq_new(&it, dsq, 0) == 0 && (p = bpf_iter_scx_dsq_next(&it)))
    kx_set_slice(p, 1);
  bpf_iter_scx_dsq_destroy(&it);
}

static __always_inline bool kx_dsq_waiting(u64 dsq) { return scx_bpf_dsq_nr_queued(dsq) > 0; }

static __always_inline void kx_kick(u32 cpu, u64 flags) { scx_bpf_kick_cpu(cpu, flags); }

/* Kernels without type information about their per-CPU variables count nothing and show no higher
 * class. */
static __always_inline const struct rq* run_queue(u32 cpu) {
  return &runqueues ? bpf_per_cpu_ptr(&runqueues, cpu) : NULL;
}

static __always_inline u32 kx_nr_runnable(u32 cpu) {
  const struct rq* rq = run_queue(cpu);

  return rq ? rq->scx.nr_running : 0;
}

static __always_inline bool kx_higher(u32 cpu) {
  const struct rq* rq = run_queue(cpu);

  return rq && rq->nr_running > rq->scx.nr_running;
}

/* While a server waits to run it counts as a task of its class, and goes before all others. */
static __always_inline bool kx_server_asks(u32 cpu) {
  const struct rq* rq = run_queue(cpu);

  return rq && rq->dl.dl_nr_running;
}

static __always_inline void kx_reenqueue(u64 dsq) {
  if (bpf_ksym_exists(scx_bpf_dsq_reenq)) scx_bpf_dsq_reenq(dsq, 0);
}

/*
 * p waits, so it is not the current task, whose migration_disabled the BPF prologue itself may have
 * raised. (Kernels with SCX_OPS_ENQ_MIGRATION_DISABLED keep such tasks from us; older ones abort
 * the scheduler if they are sent elsewhere.)
 */
static __always_inline bool kx_allowed(struct task_struct* p, u32 cpu) {
  if (p->migration_disabled && kx_task_cpu(p) != cpu) return false;
  return bpf_cpumask_test_cpu(cpu, p->cpus_ptr);
}

static __always_inline u32 kx_nr_allowed(struct task_struct* p) { return p->nr_cpus_allowed; }

/*
 * Kernels with SCX_OPS_ENQ_MIGRATION_DISABLED keep such tasks from us, as we do not set it. The
 * current task, which is enqueued when its slice is over, looks like one: the BPF prologue has
 * raised its count.
 */
static __always_inline bool kx_pinned(struct task_struct* p) {
  if (bpf_core_enum_value_exists(enum scx_ops_flags, SCX_OPS_ENQ_MIGRATION_DISABLED)) return false;
  return p->migration_disabled > (bpf_get_current_task_btf() == p);
}

static __always_inline bool kx_affinity_has(const struct cpumask* mask, u32 cpu) {
  return bpf_cpumask_test_cpu(cpu, mask);
}

/* The value of scxx_affinity is as long as this machine's CPUs need. */
static __always_inline void kx_set_affinity_word(u64* words, u32 index, u64 word) {
  if (index < (cfg.nr_cpus + 63) / 64) words[index] = word;
}

static __always_inline u64 kx_affinity_word(u64* words, u32 index) {
  return index < (cfg.nr_cpus + 63) / 64 ? words[index] : 0;
}

static __always_inline s32 kx_select_idle(struct task_struct* p, s32 prev_cpu, u64 wake_flags,
                                          bool* idle) {
  return scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, idle);
}

#endif /* SCXX_BPF_PORT_BPF_H_ */
