/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * turn.h: whose turn it is on a CPU: of its own queue, of the machine's (queue.h), and of the
 * policy's tasks.
 *
 * The queues together have the share that their tasks' weights are of all that waits for the CPU. A
 * queue of N tasks goes before the policy every KERNEL_WAIT / N at least, not twice in a row.
 * Between the two queues, the one goes first whose clock has come less far since both began to
 * wait, so a weight is worth the same in either. An old one goes before all others.
 */
#ifndef SCXX_BPF_TURN_H_
#define SCXX_BPF_TURN_H_

#include "bpf/queue.h"

#define CREDIT_MOST 20000000  /* what a CPU owes one of the two sides at most */
#define LEAD_MOST 500000000ll /* how far the clock of one queue can be before the other's */
#define SHARE_BITS 20

/* Another CPU may have served it a moment after our `now`. */
static __always_inline scxx_u64 queue_age(struct scxx_queue* queue, scxx_u64 now) {
  scxx_s64 since = now - sx_read(&queue->served);

  return since > 0 ? since : 0;
}

/* ---- which queue ---- */

/* By how much the own queue has had more than the machine's. */
static __always_inline scxx_s64 own_lead(const struct scene* s) {
  scxx_u64 ahead = sx_read(&s->here->kernel.clock) - sx_read(&s->global->kernel.clock);
  scxx_s64 lead;

  if (!s->here->clock_lead) s->here->clock_lead = ahead | 1;
  lead = ahead - s->here->clock_lead;
  if (lead > LEAD_MOST) s->here->clock_lead = (ahead - LEAD_MOST) | 1;
  if (lead < -LEAD_MOST) s->here->clock_lead = (ahead + LEAD_MOST) | 1;
  return lead;
}

/* Tasks wait in both: is it the own queue's turn? */
static __always_inline bool own_first(const struct scene* s) {
  scxx_u64 own = first_age(&s->here->kernel, s->cpu + 1, s->now);
  scxx_u64 shared = first_age(&s->global->kernel, 0, s->now);
  scxx_s64 lead = own_lead(s);

  if (own > QUEUE_OLD || shared > QUEUE_OLD) return own >= shared;
  return lead <= 0;
}

/* prev came from one of the two, in which nobody else waits, and tasks wait in the other: it goes
 * on if its own has had less, as it would if it waited there. */
static __always_inline bool keeps_prev(const struct scene* s, struct task_struct* prev) {
  bool was_own = s->here->ran_kernel == RAN_OWN;
  scxx_u32 home = was_own ? s->cpu + 1 : 0;
  struct scxx_queue* queue = was_own ? &s->here->kernel : &s->global->kernel;
  struct scxx_account* account = kx_account(prev);
  scxx_s64 lead;

  if (!account || !account->vtime || account->home != home) return false;
  if (kx_dsq_length(dsq_of(home))) return false;
  kernel_charge(prev, account, ran_of(prev, account));
  if (key_before(sx_read(&queue->clock), account->vtime)) sx_write(&queue->clock, account->vtime);
  lead = own_lead(s);
  return was_own ? lead <= 0 && !queue_old(&s->global->kernel, 0, s->now)
                 : lead > 0 && !queue_old(&s->here->kernel, s->cpu + 1, s->now);
}

/* One of the two is empty, but perhaps for the time only that its task runs here. */
static __always_inline bool may_come_back(const struct scene* s, scxx_u32 own) {
  return s->here->ran_kernel == (kx_dsq_length(dsq_of(own)) ? RAN_SHARED : RAN_OWN);
}

KX_FN int consume_kernel(scxx_u32 cpu, scxx_u64 now) {
  scxx_u32 own = cpu + 1;
  scxx_u32 first = own;
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  if (kx_dsq_length(dsq_of(own)) && kx_dsq_length(KERNEL_DSQ)) {
    if (!own_first(&s)) first = 0;
  } else if (!may_come_back(&s, own)) {
    s.here->clock_lead = 0;
  }
  return consume_queue(first, cpu, now) || consume_queue(own - first, cpu, now);
}

/* ---- the kernel's or the policy's ---- */

/* A task of the queue has waited for its turn of the round. */
static __always_inline bool queue_waits(struct scxx_queue* queue, scxx_u64 length, scxx_u64 now) {
  return length && queue_age(queue, now) > KERNEL_WAIT / length;
}

/*
 * How many tasks of the policy's wait for this CPU. Those it holds are on the run queues of the
 * CPUs that they ran on last, as are `others` that it does not hold. A CPU that runs none of them
 * counts at least one, if there is any: one that may move can be on another run queue.
 */
KX_FN scxx_u64 policy_waiting(scxx_u32 cpu, scxx_u64 others, scxx_u32 runs) {
  struct scxx_global* global = kx_global();
  struct scxx_agent* agent = kx_agent();
  bool stopped = !global || !agent || sx_read(&global->fallback); /* what it said last is old */
  scxx_u64 held = stopped ? 0 : sx_read(&agent->nr_queued);
  scxx_u64 records = records_in(cpu);
  scxx_u64 anywhere = held + records_in(cfg.nr_cpus);
  scxx_u64 runnable = kx_nr_runnable(cpu);
  scxx_u64 here = runnable > others ? runnable - others : 0;
  bool more = !stopped && sx_read(&agent->pending); /* than the agent has seen */

  if (!runnable) here = anywhere / cfg.nr_online + records; /* the kernel does not show it */
  if (!more && here > anywhere + records) here = anywhere + records;
  if (!here && !runs && (anywhere || more)) here = 1;
  return here > records ? here : records;
}

/* What a task of the policy weighs here, on average over those that ran while this was asked. */
static __always_inline scxx_u32 policy_weight(const struct scene* s) {
  struct scxx_task* task = s->here->owner_pid ? kx_task(s->here->owner_slot) : 0;
  scxx_u32 weight = s->here->policy_weight ? s->here->policy_weight : WEIGHT_UNIT;

  if (task) weight = (7 * weight + weight_of_slot(task)) / 8;
  s->here->policy_weight = weight ? weight : 1;
  return s->here->policy_weight;
}

/* What so many tasks weigh that wait in a queue. Where tasks have left it by themselves the sum may
 * be off: less than the lightest can weigh is put right. */
static __always_inline scxx_u64 load_of(struct scxx_queue* queue, scxx_u64 waiting) {
  if (queue_load(queue) < waiting * LEAST_WEIGHT / 2) sx_write(&queue->load, waiting * WEIGHT_UNIT);
  return waiting ? queue_load(queue) : 0;
}

/* Whose task ran here until now and would go on. */
enum kernel_turn_prev { PREV_NONE, PREV_KERNEL, PREV_POLICY };
enum kernel_turn_answer { TURN_OF_POLICY, TURN_OF_KERNEL, TURN_GOES_ON };

/* The CPU time that the kernel's tasks have had less than their share since this was asked last. */
KX_FN scxx_s64 kernel_credit(scxx_u64 mine, scxx_u64 theirs, scxx_u32 cpu, scxx_u64 now) {
  scxx_u64 share = (mine << SHARE_BITS) / (mine + theirs + 1);
  struct scxx_cpu* here = kx_cpu(cpu);
  scxx_s64 ran, credit;
  scxx_u64 since;

  if (!here) return 0;
  since = here->last_dispatch;
  /* A call that gave the CPU nothing has counted the time before it. */
  if (key_before(since, here->credited_at)) since = here->credited_at;
  here->credited_at = now;
  ran = now - since;

  if (ran > (scxx_s64)(KERNEL_RUN * cfg.fallback_slice)) ran = KERNEL_RUN * cfg.fallback_slice;
  credit = here->kernel_credit + (ran * (scxx_s64)share >> SHARE_BITS);
  if (here->ran_kernel) credit -= ran;
  if (credit > CREDIT_MOST) credit = CREDIT_MOST;
  if (credit < -CREDIT_MOST) credit = -CREDIT_MOST;
  here->kernel_credit = credit;
  return credit;
}

/*
 * Which of the two sides goes first: the kernel's while it has credit. What ran until now, of this
 * weight, is on its side of the scales, and goes on if it is the kernel's only one.
 */
KX_FN int kernel_turn(scxx_u32 cpu, scxx_u64 now, scxx_u32 prev, scxx_u32 weight) {
  scxx_u64 own, shared, others, mine, theirs;
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return TURN_OF_POLICY;
  own = kx_dsq_length(dsq_of(cpu + 1));
  shared = kx_dsq_length(KERNEL_DSQ);
  if (!own) queue_note_empty(&s.here->kernel, cpu + 1, now);
  if (!shared) queue_note_empty(&s.global->kernel, 0, now);
  if (!own && !shared && prev != PREV_KERNEL) return TURN_OF_POLICY;
  if ((own && queue_old(&s.here->kernel, cpu + 1, now)) ||
      (shared && queue_old(&s.global->kernel, 0, now)))
    return TURN_OF_KERNEL;
  /* Not twice in a row: the policy's tasks may be as many. */
  if (!s.here->ran_kernel &&
      (queue_waits(&s.here->kernel, own, now) || queue_waits(&s.global->kernel, shared, now)))
    return TURN_OF_KERNEL;
  mine = load_of(&s.here->kernel, own) + load_of(&s.global->kernel, shared) / cfg.nr_online;
  others = own + shared / cfg.nr_online + (prev != PREV_NONE);
  others += sx_read(&s.global->agent_queue) == cpu + 1;
  theirs = policy_waiting(cpu, others, prev == PREV_POLICY) * policy_weight(&s);
  if (prev == PREV_KERNEL) mine += s.here->ran_kernel == RAN_OWN ? weight : weight / cfg.nr_online;
  if (prev == PREV_POLICY) theirs += weight;
  if (kernel_credit(mine, theirs, cpu, now) <= 0) return TURN_OF_POLICY;
  return own || shared ? TURN_OF_KERNEL : TURN_GOES_ON;
}

#endif /* SCXX_BPF_TURN_H_ */
