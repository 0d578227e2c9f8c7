/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel_types.h: the kernel types that the BPF program uses, and no others.
 *
 * Fields are found by name when the program is loaded (CO-RE), so these need neither the kernel's
 * order nor all of its fields, and the build depends on no kernel's headers. Structures that kernel
 * functions take must be complete, and enums must be enums: a field declared int where the kernel
 * has an enum fails at load, not at compile time.
 */
#ifndef SCXX_BPF_KERNEL_TYPES_H_
#define SCXX_BPF_KERNEL_TYPES_H_

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __s32 s32;
typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void*)0)

/* From <linux/bpf.h>: user-space ABI. */
enum bpf_map_type {
  BPF_MAP_TYPE_ARRAY = 2,
  BPF_MAP_TYPE_QUEUE = 22,
  BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum {
  BPF_F_NO_PREALLOC = 1,
  BPF_F_MMAPABLE = 1024,
  BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};
struct bpf_timer {
  __u64 opaque[2];
} __attribute__((aligned(8)));

#define SCHED_BATCH 3
#define SCHED_IDLE 5
#define PF_KTHREAD 0x00200000
#define PF_EXITING 0x00000004
#define CLOCK_MONOTONIC 1

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cpumask {
  unsigned long bits[1];
};

struct sched_entity {
  u64 sum_exec_runtime;
};

struct sched_ext_entity {
  u64 slice;
  u64 dsq_vtime;
  u32 weight;
  u32 flags;
};

struct kernfs_node {
  u64 id;
};

struct cgroup {
  struct kernfs_node* kn;
};

struct css_set {
  struct cgroup* dfl_cgrp;
};

struct sigset {
  unsigned long sig[1];
};

struct sigpending___scxx {
  struct sigset signal;
};

struct signal_struct {
  struct sigpending___scxx shared_pending;
};

typedef struct {
  u32 val;
} kuid_t;

struct user_namespace {
  struct user_namespace* parent;
  int level; /* 0: the machine's own */
  kuid_t owner;
};

struct cred {
  kuid_t uid;
  struct user_namespace* user_ns;
};

struct task_struct {
  unsigned int flags;
  int static_prio;
  unsigned int policy;
  int nr_cpus_allowed;
  const struct cpumask* cpus_ptr;
  const struct cred* real_cred;
  unsigned short migration_disabled;
  int pid;
  int tgid;
  unsigned long nvcsw;
  char comm[16];
  struct sched_entity se;
  struct sched_ext_entity scx;
  struct css_set* cgroups;
  struct signal_struct* signal;
  struct sigpending___scxx pending;
};

struct scx_rq {
  u32 nr_running;
};

struct dl_rq {
  unsigned int dl_nr_running;
};

struct rq {
  unsigned int nr_running;
  struct dl_rq dl;
  struct scx_rq scx;
};

enum scx_exit_kind { SCX_EXIT_NONE = 0 };

struct scx_exit_info {
  enum scx_exit_kind kind;
  s64 exit_code;
  const char* reason;
  char* msg;
  char* dump;
};

struct scx_init_task_args {
  bool fork;
};

struct scx_exit_task_args {
  bool cancelled;
};

struct sched_ext_ops {
  s32 (*select_cpu)(struct task_struct* p, s32 prev_cpu, u64 wake_flags);
  void (*enqueue)(struct task_struct* p, u64 enq_flags);
  void (*dispatch)(s32 cpu, struct task_struct* prev);
  bool (*yield)(struct task_struct* from, struct task_struct* to);
  void (*set_cpumask)(struct task_struct* p, const struct cpumask* cpumask);
  void (*update_idle)(s32 cpu, bool idle);
  s32 (*init_task)(struct task_struct* p, struct scx_init_task_args* args);
  void (*exit_task)(struct task_struct* p, struct scx_exit_task_args* args);
  void (*enable)(struct task_struct* p);
  void (*disable)(struct task_struct* p);
  s32 (*init)(void);
  void (*exit)(struct scx_exit_info* ei);
  u32 dispatch_max_batch;
  u64 flags;
  u32 timeout_ms;
  u32 exit_dump_len;
  u64 hotplug_seq;
  char name[128];
};

#pragma clang attribute pop

/* Values differ between kernels: always through bpf_core_enum_value(). */
enum scx_enq_flags {
  SCX_ENQ_WAKEUP = 1,
  SCX_ENQ_HEAD = 1 << 16,
  SCX_ENQ_CPU_SELECTED = 1 << 20,
  SCX_ENQ_PREEMPT = 1ull << 32,
  SCX_ENQ_LAST = 1ull << 41,
};

enum scx_ops_flags {
  SCX_OPS_ENQ_MIGRATION_DISABLED = 1 << 4,
};

/* The same on all kernels; literals, because some kernels' BTF truncates 64-bit enumerators. */
#define SCX_DSQ_LOCAL (1ull << 63 | 2)
#define SCX_DSQ_LOCAL_ON (3ull << 62)
#define SCX_KICK_IDLE 1ull
#define SCX_KICK_PREEMPT 2ull
#define SCX_TASK_QUEUED 1u

#endif /* SCXX_BPF_KERNEL_TYPES_H_ */
