/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * atomics.h: the few atomic operations the channel uses, for BPF and for native code.
 *
 * Exchange, compare-and-swap and fetch-and-add are full barriers on both sides (BPF's fetching
 * atomics are sequentially consistent). BPF has no fence instruction below cpu v4, so a fence is a
 * fetching atomic on a word nobody reads. Plain loads and stores are single accesses, and order
 * nothing; native stores release, which on x86 costs nothing.
 *
 * A plain load is enough where a compare-and-swap decides whether the value still stands. It is not
 * where the value says that other words are there to be read, as a ring's tail does: a weakly
 * ordered machine may have read those words before. sx_read_acquire() is for that. On x86 loads
 * keep their order and it costs nothing. BPF has no acquiring load below cpu v4 either, so
 * elsewhere it is a fetching atomic, which takes the line for writing.
 */
#ifndef SCXX_BPF_ATOMICS_H_
#define SCXX_BPF_ATOMICS_H_

#include "bpf/wire.h"

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

#ifdef __bpf__

#define sx_read(ptr) (*(volatile __typeof__(*(ptr))*)(ptr))
#define sx_write(ptr, value) (*(volatile __typeof__(*(ptr))*)(ptr) = (value))
#define sx_swap(ptr, value) __sync_lock_test_and_set(ptr, value)
#define sx_cas(ptr, from, to) __sync_val_compare_and_swap(ptr, from, to)
#define sx_add(ptr, value) __sync_fetch_and_add(ptr, value)
#define sx_or(ptr, value) __sync_fetch_and_or(ptr, value)
#define sx_and(ptr, value) __sync_fetch_and_and(ptr, value)
#ifdef __TARGET_ARCH_x86
#define sx_read_acquire(ptr) sx_read(ptr) /* volatile: the compiler keeps the order, too */
#else
#define sx_read_acquire(ptr) __sync_fetch_and_add(ptr, 0)
#endif

#else

/* The native build is also linked into tests that run it on several threads under the thread
 * sanitizer. */
#define sx_read(ptr) __atomic_load_n(ptr, __ATOMIC_RELAXED)
#define sx_read_acquire(ptr) __atomic_load_n(ptr, __ATOMIC_ACQUIRE)
#define sx_write(ptr, value) __atomic_store_n(ptr, value, __ATOMIC_RELEASE)
#define sx_swap(ptr, value) __atomic_exchange_n(ptr, value, __ATOMIC_SEQ_CST)
#define sx_add(ptr, value) __atomic_fetch_add(ptr, value, __ATOMIC_SEQ_CST)
#define sx_or(ptr, value) __atomic_fetch_or(ptr, value, __ATOMIC_SEQ_CST)
#define sx_and(ptr, value) __atomic_fetch_and(ptr, value, __ATOMIC_SEQ_CST)

static __always_inline scxx_u64 sx_cas(scxx_u64* ptr, scxx_u64 from, scxx_u64 to) {
  __atomic_compare_exchange_n(ptr, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return from;
}

#endif

#endif /* SCXX_BPF_ATOMICS_H_ */
