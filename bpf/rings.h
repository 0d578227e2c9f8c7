/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rings.h: BPF's ends of the rings. The agent's ends are in framework/channel/channel.h.
 *
 * Event ring: one producer (this CPU, with interrupts off, so it is never re-entered), one consumer
 * (the agent). The entry is written, then the tail is exchanged: a consumer that sees the tail sees
 * the entry.
 *
 * Dispatch ring: one producer (the agent), any CPU consumes. A consumer reads the tail, copies the
 * record and then claims it by moving the head with a compare-and-swap. The tail is read with an
 * acquiring load, so the copy is not older than the tail that promised it: not the record of the
 * lap before. The producer reuses an entry only after the head has passed it, and the claim is a
 * full barrier, so neither is a copy whose claim succeeded younger. It is whole. Positions are
 * 64-bit and never wrap: no ABA.
 */
#ifndef SCXX_BPF_RINGS_H_
#define SCXX_BPF_RINGS_H_

#include "bpf/atomics.h"
#include "bpf/wire.h"

/* Word by word: a consumer that is late may copy an entry while its next record is being written.
 * Its claim fails then. */
static __always_inline void record_load(struct scxx_record* to, const struct scxx_record* from) {
  to->slot = sx_read(&from->slot);
  to->enq_cnt = sx_read(&from->enq_cnt);
  to->slice = sx_read(&from->slice);
  to->pace = sx_read(&from->pace);
  to->vtime = sx_read(&from->vtime);
  to->flags = sx_read(&from->flags);
  to->lead = sx_read(&from->lead);
}

/* The agent's side of it. */
static __always_inline void record_store(struct scxx_record* to, const struct scxx_record* from) {
  sx_write(&to->slot, from->slot);
  sx_write(&to->enq_cnt, from->enq_cnt);
  sx_write(&to->slice, from->slice);
  sx_write(&to->pace, from->pace);
  sx_write(&to->vtime, from->vtime);
  sx_write(&to->flags, from->flags);
  sx_write(&to->lead, from->lead);
}

/* False: the ring is full, or the agent's head is nonsense, which is the same to us. The head is
 * read with an acquiring load: an entry that it frees has been read. */
static __always_inline bool event_push(scxx_u64* tail, scxx_u64* agent_head,
                                       struct scxx_event* ring, scxx_u32 mask, scxx_u32 slot_kind,
                                       scxx_u32 count, scxx_u64 now) {
  scxx_u64 at = *tail;
  struct scxx_event* event = &ring[at & mask];

  if (at - sx_read_acquire(agent_head) > mask) return false;
  event->slot_kind = slot_kind;
  event->enq_cnt = count;
  event->time = now;
  sx_swap(tail, at + 1);
  return true;
}

enum ring_claim_result { RING_EMPTY, RING_TAKEN, RING_CONTENDED, RING_BAD };

static __always_inline scxx_u64 ring_waiting(scxx_u64* head, struct scxx_dispatch_ring* ring) {
  return sx_read(&ring->tail) - sx_read(head);
}

/*
 * Takes the oldest record. A tail that promises more than the ring holds was not written by a sane
 * agent: RING_BAD, and the ring counts as empty until the tail makes sense. `unpinned_only`: leaves
 * a record whose CPU the policy chose.
 */
static __always_inline int ring_claim(scxx_u64* head, struct scxx_dispatch_ring* ring,
                                      bool unpinned_only, struct scxx_record* out) {
  scxx_u64 at = sx_read(head);
  scxx_u64 waiting = sx_read_acquire(&ring->tail) - at;

  if (waiting == 0) return RING_EMPTY;
  if (waiting > SCXX_DISPATCH_RING) return RING_BAD;
  record_load(out, &ring->records[at & (SCXX_DISPATCH_RING - 1)]);
  if (unpinned_only && out->flags & SCXX_RECORD_PINNED) return RING_EMPTY;
  return sx_cas(head, at, at + 1) == at ? RING_TAKEN : RING_CONTENDED;
}

/* How often a producer of reports tries again when another one was quicker. */
#define GONE_TRIES 16

/*
 * Reports an exited task; callable from any context, so there can be several producers and one may
 * interrupt another. An entry is claimed by compare-and-swap from a tail that was seen to leave
 * room, so however many producers there are, none writes an entry that the agent has not read. A
 * full ring loses the report, and so do more tries than GONE_TRIES. That is safe: the agent also
 * learns of the exit when the slot is used again.
 */
static __always_inline void gone_push(struct scxx_gone_ring* ring, scxx_u64 agent_head,
                                      scxx_u32 slot, scxx_u32 generation) {
#ifdef __bpf__
#pragma nounroll
#endif
  for (int i = 0; i < GONE_TRIES; i++) {
    scxx_u64 at = sx_read(&ring->tail);
    struct scxx_gone* gone = &ring->entries[at & (SCXX_GONE_RING - 1)];

    if (at - agent_head >= SCXX_GONE_RING) return;
    if (sx_cas(&ring->tail, at, at + 1) != at) continue;
    gone->slot = slot;
    gone->generation = generation;
    sx_swap(&gone->turn, at + 1);
    return;
  }
}

#endif /* SCXX_BPF_RINGS_H_ */
