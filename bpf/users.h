/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * users.h: which slots are free, and how many of them a user's tasks may have.
 *
 * A task that sleeps keeps its slot, so one user with many sleepers could keep everybody else out
 * of user custody. A user may have one more only while he has fewer than USER_PART times what is
 * free. Then
 *
 *   one greedy user has         3 / 4 of the slots, and 1 / 4 stays free,
 *   n of them have           3 / (3n + 1) each, and 1 / (3n + 1) stays free,
 *
 * and whoever has few tasks finds a slot: the more are taken, the fewer a user may have, and the
 * last ones go to those who have next to none. Root runs what serves the others, and has ROOT_PART.
 * Nothing is reserved for anybody, and nobody is counted who has no tasks.
 *
 * CPUs that look at the same time may each give the slot that was the last a user could have.
 */
#ifndef SCXX_BPF_USERS_H_
#define SCXX_BPF_USERS_H_

#include "bpf/atomics.h"
#include "bpf/port.h"

#define USER_PART 3
#define ROOT_PART 15

static __always_inline bool user_may_have_one(struct scxx_global* global, scxx_u32 user,
                                              scxx_u32 has) {
  scxx_s64 left = cfg.max_tasks - sx_read(&global->slots_taken);

  return (scxx_s64)has < left * (user ? USER_PART : ROOT_PART);
}

/* A slot used before, else the next fresh one, else -1: the table is full. */
static __always_inline int slot_pop(struct scxx_global* global) {
  int slot = kx_free_slot_pop();
  scxx_u64 fresh;

  if (slot >= 0 || sx_read(&global->next_slot) >= cfg.max_tasks) return slot;
  fresh = sx_add(&global->next_slot, 1);
  return fresh < cfg.max_tasks ? (int)fresh : -1;
}

/* A slot for a task of `user`, or -1: there is none, or none for this user. */
KX_FN int slot_alloc(scxx_u32 user) {
  struct scxx_global* global = kx_global();
  scxx_u32* has = kx_user_slots(user);
  int slot;

  if (!global || !has || !user_may_have_one(global, user, sx_read(has))) return -1;
  slot = slot_pop(global);
  if (slot < 0) return -1;
  sx_add(has, 1);
  sx_add(&global->slots_taken, 1);
  return slot;
}

/* Gives it back; `user` is whom it was for. */
KX_FN int slot_free(scxx_u32 slot, scxx_u32 user) {
  struct scxx_global* global = kx_global();
  scxx_u32* has = kx_user_slots(user);

  if (!global || !has) return -1;
  kx_free_slot_push(slot);
  sx_add(has, -1u);
  sx_add(&global->slots_taken, -1ull);
  return 0;
}

/* Keeps count of the tasks that want a slot and have none. */
static __always_inline void note_slotless(struct scxx_account* account, scxx_u32 slotless) {
  struct scxx_global* global = kx_global();

  if (!global || sx_swap(&account->slotless, slotless) == slotless) return;
  sx_add(&global->slotless, slotless ? 1ull : -1ull);
}

#endif /* SCXX_BPF_USERS_H_ */
