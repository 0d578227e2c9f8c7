/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kfuncs.h: the kernel's functions and variables that the BPF program uses, in every form that a
 * kernel from 6.12 to 7.3 has them. A weak one may be absent: it resolves to 0.
 */
#ifndef SCXX_BPF_KFUNCS_H_
#define SCXX_BPF_KFUNCS_H_

#include "bpf/kernel_types.h"

#include <bpf/bpf_helpers.h>

struct scx_bpf_dsq_insert_vtime_args {
  u64 dsq_id;
  u64 slice;
  u64 vtime;
  u64 enq_flags;
};

/* libbpf drops one ___suffix: the kernel's own name of the newer form ends in ___v2. */
bool scx_bpf_dsq_insert___v2___scxx(struct task_struct* p, u64 dsq_id, u64 slice,
                                    u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_insert(struct task_struct* p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;
void scx_bpf_dispatch(struct task_struct* p, u64 dsq_id, u64 slice, u64 enq_flags) __ksym __weak;

bool __scx_bpf_dsq_insert_vtime(struct task_struct* p,
                                struct scx_bpf_dsq_insert_vtime_args* args) __ksym __weak;
void scx_bpf_dsq_insert_vtime(struct task_struct* p, u64 dsq_id, u64 slice, u64 vtime,
                              u64 enq_flags) __ksym __weak;
void scx_bpf_dispatch_vtime(struct task_struct* p, u64 dsq_id, u64 slice, u64 vtime,
                            u64 enq_flags) __ksym __weak;

bool scx_bpf_dsq_move_to_local___v2___scxx(u64 dsq_id, u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_to_local(u64 dsq_id) __ksym __weak;
bool scx_bpf_consume(u64 dsq_id) __ksym __weak;

bool scx_bpf_task_set_slice(struct task_struct* p, u64 slice) __ksym __weak;

void scx_bpf_dispatch_cancel(void) __ksym;
s32 scx_bpf_dsq_nr_queued(u64 dsq_id) __ksym;
s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym;
void scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym;
void scx_bpf_dsq_reenq(u64 dsq_id, u64 reenq_flags) __ksym __weak;
s32 scx_bpf_task_cpu(const struct task_struct* p) __ksym;
s32 scx_bpf_select_cpu_dfl(struct task_struct* p, s32 prev_cpu, u64 wake_flags,
                           bool* is_idle) __ksym;

extern const struct rq runqueues __ksym __weak;

bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask* cpumask) __ksym;
struct task_struct* bpf_task_acquire(struct task_struct* p) __ksym;
void bpf_task_release(struct task_struct* p) __ksym;
struct task_struct* bpf_task_from_pid(s32 pid) __ksym;

struct bpf_iter_scx_dsq {
  u64 __opaque[6];
} __attribute__((aligned(8)));
int bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq* it, u64 dsq_id, u64 flags) __ksym;
struct task_struct* bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq* it) __ksym;
void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq* it) __ksym;

struct bpf_iter_num {
  u64 __opaque[1];
} __attribute__((aligned(8)));
int bpf_iter_num_new(struct bpf_iter_num* it, int start, int end) __ksym;
int* bpf_iter_num_next(struct bpf_iter_num* it) __ksym;
void bpf_iter_num_destroy(struct bpf_iter_num* it) __ksym;

#endif /* SCXX_BPF_KFUNCS_H_ */
