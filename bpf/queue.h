/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * queue.h: the kernel's own queues, for tasks that it schedules by itself: those without a slot,
 * those taken back from user space, busy kernel threads, and everybody during a fallback.
 *
 * There is one for the machine (KERNEL_DSQ) and one for each CPU; home.h says where a task waits.
 *
 * A queue is in the order of keys, which are weighted run times (start-time fair queueing), and has
 * one clock. Every insert moves it: a task that has paid, to the key that it was picked at; one
 * without a past, by its part of a slice. No key is out of the clock's reach for longer than
 * KERNEL_WAIT, so that nobody waits for ever beside tasks of a much larger weight.
 *
 * Against the policy's tasks on a CPU a queue has the share that its weight is of all that waits
 * (kernel_turn), and gives a task at least so often that all of it has a turn in KERNEL_WAIT, or in
 * twice that where the policy's tasks have as little time.
 */
#ifndef SCXX_BPF_QUEUE_H_
#define SCXX_BPF_QUEUE_H_

#include "bpf/changes.h"
#include "bpf/crowd.h"
#include "bpf/home.h"
#include "bpf/keys.h"

#define KERNEL_WAIT 350000000ull /* everything that waits in a queue gets a turn in this time */
/* A task that has waited for so long goes before the policy's: a round of a crowd, and some. */
#define QUEUE_OLD (CROWD_ROUND + 100000000ull)
#define OLD_LOOK 1000000               /* how often the first of a queue is looked at */
#define KERNEL_AHEAD (KERNEL_WAIT / 2) /* how far a key may be ahead, and a promise about keys */
#define KERNEL_RUN 4         /* slices: a slice of a queue, ended late by a tick of 4 ms or more */
#define INSERT_LANDS 1000000 /* the kernel inserts when ops.enqueue has returned: by then it has */
#define CREDIT_MOST 20000000 /* what a CPU owes one of the two sides at most */

static __always_inline struct scxx_queue* queue_of(const struct scene* s, scxx_u32 home) {
  struct scxx_cpu* cpu = home ? kx_cpu(home - 1) : 0;

  if (!home) return &s->global->kernel;
  if (!cpu) return 0;
  kx_checked(cpu);
  return &cpu->kernel;
}

/* Tasks wait there, or did until a moment ago. */
static __always_inline bool queue_busy(struct scxx_queue* queue) {
  return sx_read(&queue->in) != sx_read(&queue->out);
}

/* A CPU has taken a task. */
static __always_inline void queue_note_taken(struct scxx_queue* queue) {
  scxx_u64 out = sx_read(&queue->out);

  if (out != sx_read(&queue->in)) sx_cas(&queue->out, out, out + 1);
}

/* Tasks may also leave by themselves: it counts as empty if it is, and no insert is on its way. */
static __always_inline void queue_note_empty(struct scxx_queue* queue, scxx_u32 home,
                                             scxx_u64 now) {
  scxx_u64 out = sx_read(&queue->out);
  scxx_u64 in = sx_read(&queue->in);

  if (in == out || (scxx_s64)(now - queue->in_at) <= INSERT_LANDS) return;
  if (!kx_dsq_waiting(dsq_of(home))) sx_cas(&queue->out, out, in);
}

/* Either of those that `cpu` takes tasks from. */
static __always_inline bool kernel_busy(const struct scene* s) {
  return queue_busy(&s->here->kernel) || queue_busy(&s->global->kernel);
}

/* ---- keys ---- */

/* What a task pays for CPU time that a queue gave it, at most what a run from there can take: what
 * it ran under the policy is not held against it. */
static __always_inline scxx_u64 kernel_price(scxx_u64 weight, scxx_u64 ran) {
  scxx_u64 most = KERNEL_RUN * cfg.fallback_slice;

  return (ran < most ? ran : most) * 100 / (weight ? weight : 1);
}

/* By how much a key grows with a turn of a task as heavy as those that wait. */
static __always_inline scxx_u64 queue_turn(struct scxx_queue* queue) {
  return kernel_price(queue->weight, cfg.fallback_slice);
}

/*
 * How far ahead of the clock a key may be: what the clock goes in KERNEL_AHEAD if tasks as heavy as
 * those that wait take turns on all CPUs that the queue has, and one turn.
 */
static __always_inline scxx_u64 queue_reach(struct scxx_queue* queue, scxx_u32 home,
                                            scxx_u64 waiting) {
  scxx_u64 cpus = home ? 1 : cfg.nr_online;
  scxx_u64 load = (waiting + 1) * (queue->weight ? queue->weight : 1);

  return queue_turn(queue) + cpus * KERNEL_AHEAD * 100 / load;
}

/*
 * Tasks of a much larger weight may come, and the queue may get less of the CPUs than all: keys
 * that were in reach are no longer. So a key that is far ahead is written down with a time, when
 * the clock jumps to it if it has not come that far; and then the largest of those that came since.
 */
static __always_inline void queue_note_key(struct scxx_queue* queue, scxx_u64 key, scxx_u64 now) {
  /* Those that have slept come so far before the clock, and pass what it has only just reached. */
  scxx_u64 reached = queue->far_key + queue_turn(queue);

  if (queue->far_at && (scxx_s64)(now - queue->far_at) > 0 &&
      key_before(sx_read(&queue->clock), reached))
    sx_write(&queue->clock, reached);
  if (!queue->far_at || !key_before(sx_read(&queue->clock), reached)) {
    queue->far_key = queue->next_key;
    queue->far_at = now + KERNEL_AHEAD;
  }
  if (key_before(queue->next_key, key)) queue->next_key = key;
}

/*
 * The key of a task: its weighted run time, with at most one slice of credit for having slept. A
 * task without a past, because it is new, moves the clock by its part of a slice: an endless stream
 * of them must not pass those who have paid.
 */
static __always_inline scxx_u64 kernel_key(struct scxx_queue* queue, scxx_u32 home, scxx_u64 vtime,
                                           scxx_u32 weight) {
  scxx_u64 clock = sx_read(&queue->clock);
  scxx_u64 waiting = kx_dsq_length(dsq_of(home));
  scxx_u64 turn = kernel_price(weight, cfg.fallback_slice);
  /* In a crowd turns are shorter, and so is the credit, or each would have many of them. */
  scxx_u64 floor = clock - turn / (waiting / 64 + 1);
  scxx_u64 limit = clock + queue_reach(queue, home, waiting);

  if (!vtime) {
    sx_add(&queue->clock, turn / (waiting + 1));
    return clock ? clock : 1; /* 0 is no key */
  }
  if (key_before(vtime, floor)) return floor ? floor : 1;
  return key_before(limit, vtime) ? limit : vtime;
}

/* ---- inserting ---- */

/* Of the last dozen. */
static __always_inline scxx_u32 average(scxx_u32 before, scxx_u32 next) {
  return (7 * before + next) / 8;
}

static __always_inline void queue_note_insert(struct scxx_queue* queue, scxx_u32 weight,
                                              scxx_u64 now) {
  scxx_u32 before = queue->weight;

  if (!queue_busy(queue)) {
    queue->served = now;
    before = weight;
  }
  queue->weight = average(before, weight);
  queue->in_at = now;
  sx_add(&queue->in, 1);
}

/* A task that was last in the queue `from`, where its key was `vtime`, is about to be inserted into
 * that of `home`. Its debt is to the clock of the one it comes from. Returns its key. */
KX_FN scxx_u64 queue_enter(scxx_u32 home, scxx_u32 from, scxx_u64 vtime, scxx_u32 weight,
                           scxx_u64 now) {
  struct scxx_queue *queue, *old;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), now)) return vtime;
  queue = queue_of(&s, home);
  old = queue_of(&s, from);
  if (!queue || !old) return vtime;
  if (from != home && vtime) vtime += sx_read(&queue->clock) - sx_read(&old->clock);
  queue_note_insert(queue, weight, now);
  vtime = kernel_key(queue, home, vtime, weight);
  queue_note_key(queue, vtime, now);
  return vtime;
}

/* A task comes back. The key it was last picked at is how far its queue has come. */
KX_FN int queue_leave(scxx_u32 home, scxx_u64 vtime) {
  struct scene s;
  struct scxx_queue* queue;

  if (!scene_begin(&s, kx_this_cpu(), 0)) return 0;
  queue = queue_of(&s, home);
  if (queue && key_before(sx_read(&queue->clock), vtime)) sx_write(&queue->clock, vtime);
  return 0;
}

/* ... and pays for what it ran. */
static __always_inline void kernel_charge(struct task_struct* p, struct scxx_account* account,
                                          scxx_u64 ran) {
  if (!account->vtime) return;
  queue_leave(account->home, account->vtime);
  account->vtime += kernel_price(p->scx.weight, ran);
}

/*
 * For ops.enqueue, and for ops.dispatch with a task that has waited since `since`. Those come by
 * the hundred, in the order of their slots; they go in the order in which they came to wait, within
 * a turn of such a task.
 */
static __always_inline void kernel_insert(const struct scene* s, struct task_struct* p,
                                          scxx_u32 home, scxx_u64 slice, scxx_u64 since) {
  struct scxx_account* account = kx_account(p);
  scxx_u32 from = account ? account->home : home;
  scxx_u64 key = queue_enter(home, from, account ? account->vtime : 0, p->scx.weight, s->now);
  scxx_s64 left = since + CROWD_ROUND - s->now;

  if (since != s->now && left > 0) key += kernel_price(p->scx.weight, slice) * left / CROWD_ROUND;
  if (account) {
    account->vtime = key;
    account->home = home;
    account->since = since;
  }
  kx_insert_vtime(p, dsq_of(home), slice, key);
}

/* ---- taking ---- */

static __always_inline void begin_kernel_run(const struct scene* s) {
  s->here->owner_pid = 0;
  note_change(s->agent, s->cpu);
  s->here->last_dispatch = s->now;
  s->here->run_limit = 0;
  s->here->ran_kernel = 1;
  crowd_begin(s, crowd_limit_on(s->cpu), cfg.fallback_slice);
}

/* On a taken CPU, from a queue that is not its own, a task gets no slice to speak of: higher.h. */
KX_FN int consume_queue(scxx_u32 home, scxx_u32 cpu, scxx_u64 now) {
  struct scxx_queue* queue;
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  queue = queue_of(&s, home);
  if (!queue || !queue_busy(queue)) return false;
  if (home != cpu + 1 && cpu_is_taken(s.global, cpu)) kx_shorten_first(dsq_of(home));
  if (kx_consume(dsq_of(home))) {
    queue->served = now;
    queue_note_taken(queue);
    begin_kernel_run(&s);
    return true;
  }
  queue_note_empty(queue, home, now);
  return false;
}

/* Another CPU may have served it a moment after our `now`. */
static __always_inline scxx_u64 queue_age(struct scxx_queue* queue, scxx_u64 length, scxx_u64 now) {
  scxx_s64 since = now - sx_read(&queue->served);

  return since > 0 ? since * length : 0;
}

/* Its first task has waited for longer than QUEUE_OLD, as of a millisecond ago. */
static __always_inline bool queue_old(struct scxx_queue* queue, scxx_u32 home, scxx_u64 now) {
  scxx_u64 since;

  if (now - queue->old_at < OLD_LOOK) return queue->old;
  since = kx_first_since(dsq_of(home));
  queue->old = since && (scxx_s64)(now - since) > (scxx_s64)QUEUE_OLD;
  queue->old_at = now;
  return queue->old;
}

/* The one whose tasks have waited longer first: all turns of a queue are one round. */
KX_FN int consume_kernel(scxx_u32 cpu, scxx_u64 now) {
  struct scxx_global* global = kx_global();
  struct scxx_cpu* here = kx_cpu(cpu);
  scxx_u32 own = cpu + 1;
  scxx_u64 own_age, age;
  scxx_u32 first;

  if (!global || !here) return false;
  own_age = queue_age(&here->kernel, kx_dsq_length(dsq_of(own)), now);
  age = queue_age(&global->kernel, kx_dsq_length(KERNEL_DSQ), now);
  first = own_age >= age ? own : 0;
  return consume_queue(first, cpu, now) || consume_queue(own - first, cpu, now);
}

/* ---- whose turn it is ---- */

/* A task of the queue has waited for its turn of the round. */
static __always_inline bool queue_waits(struct scxx_queue* queue, scxx_u64 length, scxx_u64 now) {
  return length && queue_age(queue, 1, now) > KERNEL_WAIT / (length + 1);
}

/* What waits for this CPU in the policy's hands, of tasks with this weight: its part of those that
 * are held, and the records it may take. */
static __always_inline scxx_u64 policy_load(const struct scene* s, scxx_u64 weight) {
  scxx_u64 shared = sx_read(&s->agent->nr_queued) + records_in(cfg.nr_cpus);

  return records_in(s->cpu) * weight + shared * weight / cfg.nr_online;
}

/* What a task of the policy weighs here, on average over those that ran while this was asked. */
static __always_inline scxx_u32 policy_weight(const struct scene* s) {
  struct scxx_task* task = s->here->owner_pid ? kx_task(s->here->owner_slot) : 0;
  scxx_u32 weight = s->here->policy_weight ? s->here->policy_weight : 100;

  if (task) weight = average(weight, task->weight);
  s->here->policy_weight = weight ? weight : 1;
  return s->here->policy_weight;
}

/* Whose task ran here until now and would go on. */
enum kernel_turn_prev { PREV_NONE, PREV_KERNEL, PREV_POLICY };
enum kernel_turn_answer { TURN_OF_POLICY, TURN_OF_KERNEL, TURN_GOES_ON };

/*
 * Which of the two sides goes first. The CPU keeps an account of how much CPU time the kernel's
 * tasks have had less than their share, which is by weight, and they go first while it is positive.
 * What ran until now is on its side of the scales, and goes on if it is the kernel's only one.
 */
KX_FN int kernel_turn(scxx_u32 cpu, scxx_u64 now, scxx_u32 prev) {
  scxx_u64 own, shared, mine, theirs, share, weight;
  scxx_s64 ran, credit;
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
  mine = own * s.here->kernel.weight + shared * s.global->kernel.weight / cfg.nr_online;
  if (prev == PREV_KERNEL) mine += own ? s.here->kernel.weight : s.global->kernel.weight;
  weight = policy_weight(&s);
  theirs = policy_load(&s, weight) + (prev == PREV_POLICY ? weight : 0);
  share = (mine << 10) / (mine + theirs + 1);
  ran = now - s.here->last_dispatch;
  if (ran > (scxx_s64)(KERNEL_RUN * cfg.fallback_slice)) ran = KERNEL_RUN * cfg.fallback_slice;
  credit = s.here->kernel_credit + (ran * (scxx_s64)share >> 10) - (s.here->ran_kernel ? ran : 0);
  if (credit > CREDIT_MOST) credit = CREDIT_MOST;
  if (credit < -CREDIT_MOST) credit = -CREDIT_MOST;
  s.here->kernel_credit = credit;
  if (credit <= 0) return TURN_OF_POLICY;
  return own || shared ? TURN_OF_KERNEL : TURN_GOES_ON;
}

#endif /* SCXX_BPF_QUEUE_H_ */
