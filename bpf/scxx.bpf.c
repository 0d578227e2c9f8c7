// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scxx.bpf.c: the one BPF program. Callbacks only; what they do is in the headers, which also
 * compile natively (port.h).
 */
#include "bpf/port.h"

#include "bpf/dispatch.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Read by the agent after the link is gone. The dump is sized at load. */
struct scxx_exit exit_record SEC(".data.exit");
char exit_dump[1] SEC(".data.dump");

SEC("struct_ops/scxx_select_cpu")
s32 BPF_PROG(scxx_select_cpu, struct task_struct* p, s32 prev_cpu, u64 wake_flags) {
  return on_select_cpu(p, prev_cpu, wake_flags);
}

SEC("struct_ops/scxx_enqueue")
void BPF_PROG(scxx_enqueue, struct task_struct* p, u64 enq_flags) { on_enqueue(p, enq_flags); }

SEC("struct_ops/scxx_dispatch")
void BPF_PROG(scxx_ops_dispatch, s32 cpu, struct task_struct* prev) { on_dispatch(cpu, prev); }

SEC("struct_ops/scxx_yield")
bool BPF_PROG(scxx_yield, struct task_struct* from, struct task_struct* to) {
  return on_yield(from);
}

SEC("struct_ops/scxx_update_idle")
void BPF_PROG(scxx_update_idle, s32 cpu, bool idle) { on_update_idle(cpu, idle); }

SEC("struct_ops/scxx_set_cpumask")
void BPF_PROG(scxx_set_cpumask, struct task_struct* p, const struct cpumask* cpumask) {
  int slot = kx_slot_of(p);

  if (slot >= 0) task_set_affinity(slot, cpumask);
}

SEC("struct_ops/scxx_init_task")
s32 BPF_PROG(scxx_init_task, struct task_struct* p, struct scx_init_task_args* args) {
  task_init(p);
  return 0; /* without a slot the kernel schedules it */
}

SEC("struct_ops/scxx_exit_task")
void BPF_PROG(scxx_exit_task, struct task_struct* p, struct scx_exit_task_args* args) {
  task_exit(p);
}

SEC("struct_ops/scxx_disable")
void BPF_PROG(scxx_disable, struct task_struct* p) { on_disable(p); }

/*
 * Kernels before 7.0 call ops.exit_task only when the last reference to a task is dropped, and the
 * slot's kptr is one. A task that passes here is PF_EXITING and waits for no policy any more:
 * enqueued again, it is the kernel's. So its slot can go now.
 */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(scxx_process_exit, struct task_struct* p) {
  task_exit(p);
  return 0;
}

static int timer_callback(void* map, int* key, struct bpf_timer* timer) {
  u64 rest;

  bpf_timer_start(timer, timer_run(), 0);
  rest = timer_changed();
  if (rest) bpf_timer_start(timer, rest, 0);
  return 0;
}

static s32 timer_begin(void) {
  u32 key = 0;
  struct timer_value* value = bpf_map_lookup_elem(&scxx_timer, &key);

  if (!value) return -2;
  bpf_timer_init(&value->timer, &scxx_timer, CLOCK_MONOTONIC);
  bpf_timer_set_callback(&value->timer, timer_callback);
  return bpf_timer_start(&value->timer, cfg.timer_busy, 0);
}

SEC("struct_ops.s/scxx_init")
s32 BPF_PROG(scxx_init) {
  struct scxx_global* global = kx_global();
  u32 cpu = 0;
  s32 err;

  if (!global) return -2;
  global->wire_version = SCXX_WIRE_VERSION;
  err = scx_bpf_create_dsq(KERNEL_DSQ, -1);
  if (!err) err = scx_bpf_create_dsq(AGENT_DSQ, -1);
  kx_for(cpu, cfg.nr_cpus) {
    if (!err) err = scx_bpf_create_dsq(dsq_of(cpu + 1), -1);
  }
  return err ? err : timer_begin();
}

SEC("struct_ops/scxx_exit")
void BPF_PROG(scxx_exit, struct scx_exit_info* ei) {
  exit_record.kind = ei->kind;
  exit_record.code = ei->exit_code;
  bpf_probe_read_kernel_str(exit_record.reason, sizeof(exit_record.reason), ei->reason);
  bpf_probe_read_kernel_str(exit_record.message, sizeof(exit_record.message), ei->msg);
  bpf_probe_read_kernel_str(exit_dump, cfg.exit_dump_len, ei->dump);
  __sync_lock_test_and_set(&exit_record.recorded, 1); /* after the rest */
}

/* Run by the agent's thread, before attach: remembers who it is, in the kernel's own numbers. */
SEC("syscall")
int scxx_register_agent(void* ctx) {
  struct scxx_global* global = kx_global();
  u64 id = bpf_get_current_pid_tgid();

  if (!global) return 1;
  global->agent_tgid = id >> 32;
  sx_swap(&global->agent_pid, (s32)id);
  return 0;
}

SEC(".struct_ops.link")
struct sched_ext_ops scxx_ops = {
    .select_cpu = (void*)scxx_select_cpu,
    .enqueue = (void*)scxx_enqueue,
    .dispatch = (void*)scxx_ops_dispatch,
    .yield = (void*)scxx_yield,
    .update_idle = (void*)scxx_update_idle,
    .set_cpumask = (void*)scxx_set_cpumask,
    .init_task = (void*)scxx_init_task,
    .exit_task = (void*)scxx_exit_task,
    .disable = (void*)scxx_disable,
    .init = (void*)scxx_init,
    .exit = (void*)scxx_exit,
    .dispatch_max_batch = 64,
    .name = "scxx",
};
