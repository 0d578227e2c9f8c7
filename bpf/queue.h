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
 * Whose turn it is, of two queues and of the policy's tasks, is in turn.h.
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
#define QUEUE_END 1100000000ull /* and all of its queue have had a turn when it is as old as this */
#define QUEUE_HURRY 100000000   /* ... but turns get no shorter than a round of this */
#define SERVER_RUN 50000000     /* for so long, once a second, the kernel's server lets tasks run */
#define FIRST_LOOK 1000000      /* how often the first of a queue is looked at */
#define KERNEL_AHEAD (KERNEL_WAIT / 2) /* how far a key may be ahead, and a promise about keys */
#define KERNEL_RUN 4         /* slices: a slice of a queue, ended late by a tick of 4 ms or more */
#define INSERT_LANDS 1000000 /* the kernel inserts when ops.enqueue has returned: by then it has */

/* Which of the queues a CPU was given a task from last (scxx_cpu.ran_kernel). */
enum scxx_ran { RAN_POLICY, RAN_SHARED, RAN_OWN };

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

/* A CPU has taken a task of this weight. */
static __always_inline void queue_note_taken(struct scxx_queue* queue, scxx_u64 weight) {
  scxx_u64 out = sx_read(&queue->out);

  sx_add(&queue->load, -weight);
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

  return (ran < most ? ran : most) * WEIGHT_UNIT / (weight ? weight : 1);
}

/* What all that wait there weigh. A task that exits while it waits is forgotten when the queue is
 * empty next. */
static __always_inline scxx_u64 queue_load(struct scxx_queue* queue) {
  scxx_s64 load = sx_read(&queue->load);

  return load > 0 ? load : 1;
}

/* By how much a key grows with a turn of such a task. */
static __always_inline scxx_u64 turn_price(scxx_u64 weight) {
  return kernel_price(weight, light_slice(weight, cfg.fallback_slice));
}

/* The same of a task as heavy as those that wait. */
static __always_inline scxx_u64 queue_turn(struct scxx_queue* queue, scxx_u64 waiting) {
  return turn_price(queue_load(queue) / (waiting + 1));
}

/*
 * How far ahead of the clock a key may be: what the clock goes in KERNEL_AHEAD if tasks as heavy as
 * those that wait take turns on all CPUs that the queue has, and one turn.
 */
static __always_inline scxx_u64 queue_reach(struct scxx_queue* queue, scxx_u32 home,
                                            scxx_u64 waiting) {
  scxx_u64 cpus = home ? 1 : cfg.nr_online;

  return queue_turn(queue, waiting) + cpus * KERNEL_AHEAD * WEIGHT_UNIT / queue_load(queue);
}

/*
 * Tasks of a much larger weight may come, and the queue may get less of the CPUs than all: keys
 * that were in reach are no longer. So a key that is far ahead is written down with a time, when
 * the clock jumps to it if it has not come that far; and then the largest of those that came since.
 */
static __always_inline void queue_note_key(struct scxx_queue* queue, scxx_u64 key, scxx_u64 turn,
                                           scxx_u64 now) {
  /* Those that have slept come so far before the clock, and pass what it has only just reached. */
  scxx_u64 reached = queue->far_key + turn;

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
 * A task without a past, because it is new, moves the clock by its part of a slice: an endless
 * stream of them must not pass those who have paid. But not further than the clock goes in the time
 * since the last one. A thousand that come at once would be so far apart that the first have many
 * turns before the last have one.
 */
static __always_inline scxx_u64 queue_new(struct scxx_queue* queue, scxx_u32 home, scxx_u64 part,
                                          scxx_u64 now) {
  scxx_u64 clock = sx_read(&queue->clock);
  scxx_s64 time = now - queue->new_at; /* another CPU's may be a moment later */
  scxx_u64 most;

  if (time < 0) time = 0;
  if (time > (scxx_s64)KERNEL_AHEAD) time = KERNEL_AHEAD;
  most = time * (home ? 1 : cfg.nr_online) * WEIGHT_UNIT / queue_load(queue);

  queue->new_at = now;
  sx_add(&queue->clock, part < most ? part : most);
  return clock ? clock : 1; /* 0 is no key */
}

/* The key of a task: its weighted run time, with at most one slice of credit for having slept. */
static __always_inline scxx_u64 kernel_key(struct scxx_queue* queue, scxx_u32 home, scxx_u64 vtime,
                                           scxx_u32 weight, scxx_u64 waiting, scxx_u64 now) {
  scxx_u64 clock = sx_read(&queue->clock);
  scxx_u64 turn = turn_price(weight);
  /* In a crowd turns are shorter, and so is the credit, or each would have many of them. */
  scxx_u64 floor = clock - turn / (waiting / 64 + 1);
  scxx_u64 limit = clock + queue_reach(queue, home, waiting);

  if (!vtime) return queue_new(queue, home, turn / (waiting + 1), now);
  if (key_before(vtime, floor)) return floor ? floor : 1;
  return key_before(limit, vtime) ? limit : vtime;
}

/* ---- inserting ---- */

static __always_inline void queue_note_insert(struct scxx_queue* queue, scxx_u32 weight,
                                              scxx_u64 now) {
  if (!queue_busy(queue)) {
    queue->served = now;
    sx_write(&queue->load, 0);
  }
  sx_add(&queue->load, weight);
  queue->in_at = now;
  sx_add(&queue->in, 1);
}

/* A task that was last in the queue `from`, where its key was `vtime`, is about to be inserted into
 * that of `home`. Its debt is to the clock of the one it comes from. Returns its key. */
KX_FN scxx_u64 queue_enter(scxx_u32 home, scxx_u32 from, scxx_u64 vtime, scxx_u32 weight,
                           scxx_u64 now) {
  struct scxx_queue *queue, *old;
  scxx_u64 waiting;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), now)) return vtime;
  queue = queue_of(&s, home);
  old = queue_of(&s, from);
  if (!queue || !old) return vtime;
  if (from != home && vtime) vtime += sx_read(&queue->clock) - sx_read(&old->clock);
  queue_note_insert(queue, weight, now);
  waiting = kx_dsq_length(dsq_of(home));
  vtime = kernel_key(queue, home, vtime, weight, waiting, now);
  queue_note_key(queue, vtime, queue_turn(queue, waiting), now);
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

/* The CPU time that p has used since it was last enqueued; of a task without a slot its account
 * says. */
static __always_inline scxx_u64 ran_of(struct task_struct* p, struct scxx_account* account) {
  int slot = kx_slot_of(p);
  struct scxx_task* task = slot >= 0 ? kx_task(slot) : 0;
  scxx_u64* before = task ? &task->sum_exec : &account->exec;
  scxx_u64 exec = p->se.sum_exec_runtime;
  scxx_u64 ran = exec - *before;

  *before = exec;
  return ran;
}

/* A task of this weight has left the queue `home` by itself, to be enqueued again or for another
 * class, or was not inserted after all. */
static __always_inline void queue_note_left(const struct scene* s, scxx_u32 home, scxx_u64 weight) {
  struct scxx_queue* queue = queue_of(s, home);

  if (queue) sx_add(&queue->load, -weight);
}

/* ... and pays for what it ran. */
static __always_inline void kernel_charge(struct task_struct* p, struct scxx_account* account,
                                          scxx_u64 ran) {
  if (!account->vtime) return;
  queue_leave(account->home, account->vtime);
  account->vtime += kernel_price(weight_of(p), ran);
}

/* Of one that has waited for so long that nobody remembers what it owes: before all that wait in
 * their turn, behind those as old. */
static __always_inline scxx_u64 old_key(const struct scene* s, scxx_u32 home) {
  struct scxx_queue* queue = queue_of(s, home);

  return queue ? (sx_read(&queue->clock) - cfg.fallback_slice) | 1 : 1;
}

/*
 * For ops.enqueue, and for ops.dispatch with a task that has waited since `since`. Those come by
 * the hundred, in the order of their slots; they go in the order in which they came to wait, within
 * a turn of such a task, and those that are old go before what waits there in its turn.
 */
static __always_inline void kernel_insert(const struct scene* s, struct task_struct* p,
                                          scxx_u32 home, scxx_u64 slice, scxx_u64 since,
                                          bool taken_back) {
  struct scxx_account* account = kx_account(p);
  scxx_u32 weight = weight_of(p);
  scxx_u32 from = account ? account->home : home;
  scxx_u64 key = queue_enter(home, from, account ? account->vtime : 0, weight, s->now);
  scxx_s64 left = since + CROWD_ROUND - s->now;

  if (taken_back && left > 0) key += kernel_price(weight, slice) * left / CROWD_ROUND;
  if ((scxx_s64)(s->now - since) > (scxx_s64)QUEUE_OLD) key = old_key(s, home);
  if (account) {
    account->vtime = key;
    account->home = home;
    account->weighs = weight;
    account->since = since;
  }
  kx_insert_vtime(p, dsq_of(home), slice, key);
}

/* ---- taking ---- */

/* Looks at the first of a queue. Returns its weight. */
KX_FN scxx_u32 look_at_first(scxx_u32 home, scxx_u64 now) {
  struct scxx_first first;
  struct scxx_queue* queue;
  struct scene s;

  if (!scene_begin(&s, kx_this_cpu(), now)) return WEIGHT_UNIT;
  queue = queue_of(&s, home);
  if (!queue) return WEIGHT_UNIT;
  kx_first(dsq_of(home), &first);
  queue->first_since = first.since;
  queue->first_at = now;
  return weight_of_first(&first);
}

/* How long the first of a queue has waited, as of a millisecond ago; 0: nobody knows. */
static __always_inline scxx_u64 first_age(struct scxx_queue* queue, scxx_u32 home, scxx_u64 now) {
  scxx_u64 since;

  if (now - queue->first_at >= FIRST_LOOK) look_at_first(home, now);
  since = queue->first_since;
  return since && key_before(since, now) ? now - since : 0;
}

static __always_inline bool queue_old(struct scxx_queue* queue, scxx_u32 home, scxx_u64 now) {
  return first_age(queue, home, now) > QUEUE_OLD;
}

/* How long a turn from an old queue may be, for the sake of those that wait behind it. They are as
 * old, for instance if the policy had forgotten all of them at once. 0: as long as it likes. */
static __always_inline scxx_u32 hurry_limit(struct scxx_queue* queue, scxx_u32 home, scxx_u64 now) {
  scxx_u64 waiting = kx_dsq_length(dsq_of(home)) + 1;
  scxx_u64 age = first_age(queue, home, now);
  scxx_u64 turn;

  if (age <= QUEUE_OLD) return 0;
  turn = (age + QUEUE_HURRY < QUEUE_END ? QUEUE_END - age : QUEUE_HURRY) / waiting;
  if (!home) turn *= cfg.nr_online;
  if (turn >= 2 * cfg.fallback_slice) return 0;
  if (turn > cfg.fallback_slice) return cfg.fallback_slice; /* it ends on time, not at a tick */
  return turn > CROWD_SLICE ? turn : CROWD_SLICE;
}

static __always_inline scxx_u32 shorter(scxx_u32 a, scxx_u32 b) {
  return a && (!b || a < b) ? a : b;
}

/* On a CPU that a higher class keeps: so that all that wait have a turn while its server lets them
 * run. 0: as long as it likes. */
static __always_inline scxx_u32 server_limit(scxx_u64 waiting) {
  scxx_u64 turn = SERVER_RUN / (waiting + 1);

  if (turn >= cfg.fallback_slice) return 0;
  return turn > CROWD_SLICE ? turn : CROWD_SLICE;
}

/* A task of this weight begins to run from a queue. */
KX_FN int begin_kernel_run(scxx_u32 home, scxx_u64 weight, scxx_u32 cpu, scxx_u64 now) {
  scxx_u64 slice = light_slice(weight, cfg.fallback_slice);
  struct scxx_queue* queue;
  struct scene s;
  scxx_u32 limit;
  bool taken;

  if (!scene_begin(&s, cpu, now)) return 0;
  queue = queue_of(&s, home);
  if (!queue) return 0;
  taken = cpu_is_taken(s.global, cpu);
  limit = shorter(hurry_limit(queue, home, now), crowd_limit_on(cpu));
  if (taken) limit = shorter(limit, server_limit(kx_dsq_length(dsq_of(home))));
  s.here->owner_pid = 0;
  note_change(s.agent, cpu);
  s.here->last_dispatch = now;
  s.here->run_limit = 0;
  s.here->ran_kernel = home ? RAN_OWN : RAN_SHARED;
  if (limit)
    crowd_begin(&s, limit, slice);
  else if (!taken)
    short_turn_begin(&s, slice);
  return 0;
}

/* On a taken CPU, from a queue that is not its own, a task gets no slice to speak of: higher.h. */
KX_FN int consume_queue(scxx_u32 home, scxx_u32 cpu, scxx_u64 now) {
  struct scxx_queue* queue;
  scxx_u64 weight;
  struct scene s;

  if (!scene_begin(&s, cpu, now)) return false;
  queue = queue_of(&s, home);
  if (!queue || !queue_busy(queue)) return false;
  weight = look_at_first(home, now);
  if (home != cpu + 1 && cpu_is_taken(s.global, cpu)) kx_shorten_first(dsq_of(home));
  if (kx_consume(dsq_of(home))) {
    queue->served = now;
    queue_note_taken(queue, weight);
    begin_kernel_run(home, weight, cpu, now);
    return true;
  }
  queue_note_empty(queue, home, now);
  return false;
}

#endif /* SCXX_BPF_QUEUE_H_ */
