/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * port.h: what the dispatcher needs from the machine below it.
 *
 * The dispatcher (scene.h, tasks.h, park.h, fallback.h, enqueue.h, dispatch.h, idle.h) is ordinary
 * C over these primitives and is compiled twice: into the BPF program, where port_bpf.h maps them
 * to kfuncs and maps, and natively, where framework/sim/core/port_sim.h maps them to the simulated
 * core. Unit tests run on that core too (bpf/testing/test_kernel.h).
 *
 * A port defines `struct task_struct` (with the fields of kernel_types.h that the dispatcher names)
 * and:
 *
 * time and place
 *     scxx_u64 kx_now(void)               CLOCK_MONOTONIC, ns
 *     scxx_u32 kx_this_cpu(void)          the executing CPU
 *     scxx_u32 kx_task_cpu(p)             the CPU whose run queue has p
 *
 * configuration: `cfg`, a struct scxx_config expression
 *
 * shared memory; each may return NULL for an index out of range:
 *     struct scxx_global* kx_global(void)
 *     struct scxx_agent* kx_agent(void)
 *     struct scxx_cpu* kx_cpu(cpu)        CPUs, then the "any CPU" ring's
 *     struct scxx_event* kx_events(cpu)
 *     struct scxx_dispatch_ring* kx_dispatch(cpu)
 *     struct scxx_gone_ring* kx_gone(void)
 *     struct scxx_task* kx_task(slot)
 *     scxx_u64* kx_affinity(slot)         SCXX_MASK_WORDS words; cfg.nr_cpus says how many count
 *     void kx_set_affinity_word(words, index, word)
 *     scxx_u64 kx_affinity_word(words, index)
 *
 * slots and tasks
 *     int kx_slot_of(p)                   the slot of a task, or -1
 *     struct scxx_account* kx_account(p)  the task's, or NULL
 *     scxx_u32 kx_user(p)                 who its slot counts for: a uid, 0 is root's
 *     scxx_u32* kx_user_slots(user)       how many slots are theirs; users that are a multiple of
 *                                         SCXX_USERS apart share it
 *     void kx_remember(p)                 at its birth: it will need one
 *     struct task_struct* kx_slot_task(slot)   valid until the callback returns; or NULL
 *     void kx_copy_comm(char* to, p)
 *     scxx_u64 kx_cgroup_id(p)
 *     bool kx_signal_pending(pid)
 *     bool kx_bind(p, slot), kx_unbind(p, slot)
 *     int kx_free_slot_pop(void), void kx_free_slot_push(slot)
 *
 * the kernel's scheduler
 *     void kx_insert(p, dsq, slice, enq_flags)        scx_bpf_dsq_insert
 *     void kx_insert_vtime(p, dsq, slice, vtime)      scx_bpf_dsq_insert_vtime
 *     void kx_cancel(void)                scx_bpf_dispatch_cancel: this callback's latest insert
 *     bool kx_consume(dsq)                scx_bpf_dsq_move_to_local
 *     scxx_u64 kx_dsq_length(dsq)         scx_bpf_dsq_nr_queued
 *     bool kx_dsq_waiting(dsq)            the same > 0
 *     void kx_first(dsq, struct scxx_first*)      what there is to know of the first in a DSQ
 *     void kx_shorten_first(dsq)          gives the first in a DSQ a slice of 1 ns
 *     void kx_kick(cpu, SCX_KICK_*)       scx_bpf_kick_cpu
 *     void kx_set_slice(p, slice)
 *     void kx_timer_in(ns)                moves the next run of the timer (timer.h)
 *     bool kx_allowed(p, cpu)             cpu in p->cpus_ptr, and p may migrate there
 *     scxx_u32 kx_nr_allowed(p)           CPUs in p->cpus_ptr, online or not
 *     scxx_u32 kx_nr_runnable(cpu)        tasks of sched_ext that are on the CPU's run queue
 *     bool kx_higher(cpu)                 a task of a higher class is there as well
 *     bool kx_server_asks(cpu)            in ops.dispatch: called by the CPU's deadline server, if
 *                                         no task of SCHED_DEADLINE waits there
 *     void kx_reenqueue(dsq)              scx_bpf_dsq_reenq: ops.enqueue for each task of a DSQ,
 *                                         soon; nothing on kernels that cannot
 *     bool kx_pinned(p)                   p is inside migrate_disable()
 *     bool kx_affinity_has(mask, cpu)     for ops.set_cpumask
 *     int kx_select_idle(p, prev_cpu, wake_flags, bool* idle)
 *     scxx_u64 KX_ENQ_PREEMPT, KX_ENQ_LAST
 *
 * for the verifier
 *     KX_FN                               before a function with scalar arguments and result that
 *                                         is to be checked once, not at each call
 *     kx_for(i, n) { }                    a loop that the verifier can bound
 *     kx_checked(pointer)                 after a test for NULL: no arithmetic on it goes before
 */
#ifndef SCXX_BPF_PORT_H_
#define SCXX_BPF_PORT_H_

#include "bpf/wire.h"

#define SCXX_USERS 4096u /* a power of two; see users.h */

/* What a task owes for the CPU time that the kernel's queues gave it: queue.h. In its storage. */
struct scxx_account {
  scxx_u64 vtime;    /* its key in the queue that it was in last; 0: in none so far */
  scxx_u64 since;    /* when the wait began in which it came there */
  scxx_u64 exec;     /* of a task without a slot: its CPU time when it was last enqueued */
  scxx_u32 home;     /* which queue that was */
  scxx_u32 weighs;   /* what it weighed there; 0: the policy, or a wakeup, has had it since */
  scxx_u32 burst;    /* of a kernel thread: it was served at once when it last woke. kthread.h */
  scxx_u32 user;     /* who its slot counts for: users.h */
  scxx_u32 slotless; /* it is counted as a task that wants a slot and has none */
};

/* Zeros if there is none. */
struct scxx_first {
  scxx_u64 since; /* of its account */
  scxx_u32 weight;
  scxx_u32 static_prio;
  scxx_u32 idle; /* SCHED_IDLE */
};

#ifdef __bpf__
#include "bpf/port_bpf.h"
#endif

/* Our DSQs. In the order of keys: tasks that the kernel schedules, of the machine ... */
#define KERNEL_DSQ 1ull
/* The parked agent. */
#define AGENT_DSQ 2ull
/* ... and, a CPU's number + 1 further on, of that CPU. */
#define CPU_DSQ 0x1000ull

#endif /* SCXX_BPF_PORT_H_ */
