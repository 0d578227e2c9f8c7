/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/testing/counter.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct counter counter;

SEC("tp_btf/sched_switch")
int BPF_PROG(count_switch) {
  counter.last_cpu = bpf_get_smp_processor_id();
  __sync_fetch_and_add(&counter.switches, 1);
  return 0;
}
