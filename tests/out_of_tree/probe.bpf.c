// SPDX-License-Identifier: Apache-2.0
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "probe.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, PROBE_LIMIT);
  __type(key, __u32);
  __type(value, __u64);
} hits SEC(".maps");

SEC("socket")
int probe(void* context) { return 0; }
