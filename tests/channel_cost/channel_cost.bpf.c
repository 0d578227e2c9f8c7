// SPDX-License-Identifier: Apache-2.0
//
// The kernel's half of channel_cost_test: the same records through our rings (bpf/rings.h, as the
// dispatcher uses them) and through BPF's ring buffer maps. Each program moves a batch.

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "bpf/changes.h"
#include "bpf/custody.h"
#include "bpf/rings.h"
#include "tests/channel_cost/channel_cost.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define ARRAY(name, value_type)        \
  struct {                             \
    __uint(type, BPF_MAP_TYPE_ARRAY);  \
    __uint(map_flags, BPF_F_MMAPABLE); \
    __uint(max_entries, 1);            \
    __type(key, __u32);                \
    __type(value, value_type);         \
  } name SEC(".maps")

struct event_ring {
  struct scxx_event entries[CHANNEL_EVENT_RING];
};
struct task_table {
  struct scxx_task slots[CHANNEL_SLOTS];
};

ARRAY(events, struct event_ring);
ARRAY(dispatch, struct scxx_dispatch_ring);
ARRAY(cpus, struct scxx_cpu);
ARRAY(agent, struct scxx_agent);
ARRAY(tasks, struct task_table);

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 16);
} up SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_USER_RINGBUF);
  __uint(max_entries, 1 << 16);
} down SEC(".maps");

// What has come down, added up: the process checks it.
__u64 received;

// The dispatcher looks its maps up once a callback, that is, once a record; so it is here. Global,
// so that it is a call in all programs.
#define LOOKUP(map)                   \
  ({                                  \
    __u32 zero = 0;                   \
    bpf_map_lookup_elem(&map, &zero); \
  })
#define RECORD_FN __attribute__((noinline))

#define FOR_EACH_RECORD(run) for (__u32 i = 0; i < CHANNEL_SLOTS && i < (run)->records; ++i)

// As many words as the dispatcher writes at an enqueue.
static __always_inline void fill_task(struct scxx_task* task, __u32 slot, __u64 now) {
  task->enqueued_at = now;
  task->sum_exec = now + slot;
  task->exec_at_wake = now;
  task->residual = 0;
  task->nvcsw = slot;
  task->cpu = 0;
  task->weight = 100;
  task->static_prio = 120;
  task->flags = SCXX_TASK_ALL_CPUS;
}

// ---- nothing: what the loop and the call cost ----

RECORD_FN int move_nothing(__u32 slot, __u32 count) { return slot + count; }

SEC("syscall")
int nothing(struct channel_run* run) {
  FOR_EACH_RECORD(run) received += move_nothing(i, run->count);
  return 0;
}

// ---- shared memory ----

RECORD_FN int publish_event(__u32 slot, __u32 count) {
  struct event_ring* ring = LOOKUP(events);
  struct scxx_agent* to = LOOKUP(agent);
  struct scxx_cpu* here = LOOKUP(cpus);

  if (!ring || !to || !here) return 0;
  if (!event_push(&here->event_tail, &to->event_head[0], ring->entries, CHANNEL_EVENT_RING - 1,
                  scxx_slot_kind(slot, SCXX_EVENT_WAKEUP), count, slot))
    return 0;
  note_change_after_barrier(to, 0);
  sx_swap(&to->pending, 1);
  return 1;
}

SEC("syscall")
int shared_up(struct channel_run* run) {
  FOR_EACH_RECORD(run) publish_event(i, run->count);
  return 0;
}

RECORD_FN int publish_task(__u32 slot, __u32 count) {
  struct task_table* table = LOOKUP(tasks);
  struct scxx_task* task;

  if (!table) return 0;
  task = &table->slots[slot & (CHANNEL_SLOTS - 1)];
  fill_task(task, slot, count);
  sx_swap(&task->custody, custody_make(1, count, SCXX_CUSTODY_USER));
  return publish_event(slot, count);
}

SEC("syscall")
int shared_task_up(struct channel_run* run) {
  FOR_EACH_RECORD(run) publish_task(i, run->count);
  return 0;
}

RECORD_FN int claim_record(void) {
  struct scxx_dispatch_ring* ring = LOOKUP(dispatch);
  struct scxx_cpu* here = LOOKUP(cpus);
  struct scxx_record record;

  if (!ring || !here) return 0;
  if (ring_claim(&here->dispatch_head, ring, false, &record) != RING_TAKEN) return 0;
  received += record.slot + record.slice;
  return 1;
}

SEC("syscall")
int shared_down(struct channel_run* run) {
  FOR_EACH_RECORD(run) claim_record();
  return 0;
}

// ---- ring buffer maps. No wakeup: the process polls, as ours does, which is their cheapest use
// ----

RECORD_FN int submit_event(__u32 slot, __u32 count, __u64 flags) {
  struct scxx_event* event = bpf_ringbuf_reserve(&up, sizeof(*event), 0);

  if (!event) return 0;
  event->slot_kind = scxx_slot_kind(slot, SCXX_EVENT_WAKEUP);
  event->enq_cnt = count;
  event->time = slot;
  bpf_ringbuf_submit(event, flags);
  return 1;
}

SEC("syscall")
int ringbuf_up(struct channel_run* run) {
  FOR_EACH_RECORD(run) submit_event(i, run->count, run->flags);
  return 0;
}

RECORD_FN int submit_task(__u32 slot, __u32 count, __u64 flags) {
  struct channel_task* record = bpf_ringbuf_reserve(&up, sizeof(*record), 0);

  if (!record) return 0;
  record->event.slot_kind = scxx_slot_kind(slot, SCXX_EVENT_WAKEUP);
  record->event.enq_cnt = count;
  record->event.time = slot;
  fill_task(&record->task, slot, count);
  bpf_ringbuf_submit(record, flags);
  return 1;
}

SEC("syscall")
int ringbuf_task_up(struct channel_run* run) {
  FOR_EACH_RECORD(run) submit_task(i, run->count, run->flags);
  return 0;
}

static long receive(struct bpf_dynptr* dynptr, void* context) {
  const struct scxx_record* record = bpf_dynptr_data(dynptr, 0, sizeof(*record));

  if (record) received += record->slot + record->slice;
  return 0;
}

SEC("syscall")
int ringbuf_down(struct channel_run* run) {
  bpf_user_ringbuf_drain(&down, receive, 0, BPF_RB_NO_WAKEUP);
  return 0;
}
