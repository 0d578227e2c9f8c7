/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel_cost.h: what the two halves of the comparison share: the BPF programs here, and the
 * process in channel_cost_test.cc.
 */
#ifndef SCXX_TESTS_CHANNEL_COST_CHANNEL_COST_H_
#define SCXX_TESTS_CHANNEL_COST_CHANNEL_COST_H_

#include "bpf/wire.h"

#define CHANNEL_SLOTS 64u       /* the most records in one run of a program */
#define CHANNEL_EVENT_RING 512u /* the smallest event ring that the framework makes */

/* The context of each program. */
struct channel_run {
  scxx_u32 records; /* to move */
  scxx_u32 count;   /* enqueue count that the records carry */
  scxx_u64 flags;   /* of bpf_ringbuf_submit */
};

/* A record up with all that a policy is told of a task. */
struct channel_task {
  struct scxx_event event;
  struct scxx_task task;
};

#endif /* SCXX_TESTS_CHANNEL_COST_CHANNEL_COST_H_ */
