/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps_bpf.h: the BPF program's maps. The process sizes them before the load, by its tasks and CPUs
 * (framework/kernel/program); those that it maps are named in wire.h. port_bpf.h looks them up.
 */
#ifndef SCXX_BPF_MAPS_BPF_H_
#define SCXX_BPF_MAPS_BPF_H_

#include "bpf/kernel_types.h"

#include <bpf/bpf_helpers.h>

#include "bpf/wire.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct scxx_task);
} scxx_tasks SEC(".maps");

struct affinity_value {
  u64 words[SCXX_MASK_WORDS];
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __uint(key_size, 4);
  __uint(value_size, 8);
} scxx_affinity SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __uint(key_size, 4);
  __uint(value_size, 16);
} scxx_events SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct scxx_gone_ring);
} scxx_gone SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct scxx_dispatch_ring);
} scxx_dispatch SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct scxx_cpu);
} scxx_cpus SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct scxx_agent);
} scxx_agent SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct scxx_global);
} scxx_global SEC(".maps");

/* What no user space sees: the task of each slot. */
struct slot_private {
  struct task_struct __kptr* task;
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct slot_private);
} scxx_slots SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_QUEUE);
  __uint(max_entries, 1);
  __type(value, u32);
} scxx_free_slots SEC(".maps");

/* How many slots each user's tasks have: users.h. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, SCXX_USERS);
  __type(key, u32);
  __type(value, u32);
} scxx_users SEC(".maps");

struct task_context {
  struct scxx_account account; /* first: its address needs no arithmetic on what may be NULL */
  u32 slot_plus_1;             /* 0, as storage begins: it has none */
};

struct {
  __uint(type, BPF_MAP_TYPE_TASK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, int);
  __type(value, struct task_context);
} scxx_task_ctx SEC(".maps");

struct timer_value {
  struct bpf_timer timer;
};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct timer_value);
} scxx_timer SEC(".maps");

#endif /* SCXX_BPF_MAPS_BPF_H_ */
