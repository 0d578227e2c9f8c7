/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * wire.h: the memory that the BPF program and the agent share.
 *
 * This is the only header both sides include, and both compilers check every size and offset at its
 * end. Integers are in the machine's byte order; times are nanoseconds of CLOCK_MONOTONIC (in BPF
 * bpf_ktime_get_ns); CPU numbers are the kernel's. docs/protocol.md tells the story. Who writes it:
 *
 *   map            entries          written by  the agent's mapping
 *   scxx_tasks     one per slot     BPF         read-only
 *                  what policies read of a task, and its custody word
 *   scxx_affinity  one per slot     BPF         read-only
 *                  the CPUs a task may use, 64 to a word
 *   scxx_events    online_end       BPF         read-only
 *                  an event ring for each CPU; BPF produces, the agent consumes
 *   scxx_gone      one              BPF         read-only
 *                  slots whose task has exited
 *   scxx_dispatch  CPUs and one     the agent   read-write
 *                  a dispatch ring for each CPU, and the last for "any CPU"
 *   scxx_cpus      CPUs and one     BPF         read-only
 *                  ring positions, the running task, counters, histograms
 *   scxx_agent     one              both        read-write
 *                  pending flag, event heads, kick requests, queue lengths, what has changed
 *   scxx_global    one              BPF         read-only
 *                  parked, fallback, the idle mask
 *
 * Words of different writers lie on different cache lines; wire_lines_test.cc has the list.
 *
 * Everything the agent can write is a hint or an index; BPF masks and checks each such word, so a
 * broken agent can harm no more than the order in which tasks run.
 */
#ifndef SCXX_BPF_WIRE_H_
#define SCXX_BPF_WIRE_H_

#ifdef __bpf__
typedef unsigned char scxx_u8;
typedef unsigned short scxx_u16;
typedef unsigned int scxx_u32;
typedef int scxx_s32;
typedef unsigned long long scxx_u64;
typedef long long scxx_s64;
#else
#include <stdint.h>
typedef uint8_t scxx_u8;
typedef uint16_t scxx_u16;
typedef uint32_t scxx_u32;
typedef int32_t scxx_s32;
typedef unsigned long long scxx_u64;
typedef long long scxx_s64;
#endif

/* Raised on every change of layout or meaning, for an agent that has not loaded the BPF program. */
#define SCXX_WIRE_VERSION 6u

#define SCXX_CACHELINE 64
#define SCXX_MAX_CPUS 1024u
#define SCXX_MASK_WORDS (SCXX_MAX_CPUS / 64u)
#define SCXX_MAX_SLOTS (1u << 24) /* a slot number fits the 24 bits an event gives it */
#define SCXX_COMM_LEN 16

/* Ring sizes, powers of two. The event rings are sized at load (max_tasks), since an attach
 * delivers every waiting task at once. */
#define SCXX_DISPATCH_RING 256u
#define SCXX_GONE_RING 4096u

/* How late a review may be, in ns; see timer.h. Policies rely on it (dispatch_sink.h). */
#define SCXX_REVIEW_GRAIN 100000

#define SCXX_CPU_NONE (-1)
#define SCXX_CPU_ANY (-1)

/*
 * The custody word of a slot: who has the task. One 64-bit word, so that every hand-over is one
 * compare-and-swap.
 *
 *   63            40 39                   8 7          2 1     0
 *   +---------------+----------------------+------------+-------+
 *   | generation 24 | enqueue count 32     | 0          | state |
 *   +---------------+----------------------+------------+-------+
 *
 * The generation counts the tasks that have lived in the slot. The enqueue count goes up by one at
 * every ops.enqueue that hands the task to user space and is never reset, so (slot, enqueue count)
 * names one waiting period of one task.
 */
enum scxx_custody_state {
  SCXX_CUSTODY_KERNEL = 0,     /* running, asleep, in a queue of the kernel, or no task at all */
  SCXX_CUSTODY_USER = 1,       /* in no DSQ; the agent decides */
  SCXX_CUSTODY_DISPATCHED = 2, /* inserted in a local DSQ by an agent's record */
};

/* Why a task was enqueued; travels in every event. */
enum scxx_event_kind {
  SCXX_EVENT_WAKEUP = 1,    /* it slept and was woken */
  SCXX_EVENT_NEW = 2,       /* forked, or seen for the first time */
  SCXX_EVENT_SLICE_END = 3, /* used up its slice */
  SCXX_EVENT_PREEMPTED = 4, /* stopped with some slice left (see scxx_task.residual) */
  SCXX_EVENT_YIELD = 5,     /* gave its slice up */
  SCXX_EVENT_REQUEUE =
      6, /* its affinity, weight or class changed while it waited: replaces its previous event */
  SCXX_EVENT_LEFT = 7, /* left the sched_ext class while it waited: no longer ours to decide */
};

/* scxx_task.flags */
enum scxx_task_flags {
  SCXX_TASK_ALL_CPUS = 1u << 1,   /* may run on every CPU: scxx_affinity need not be read */
  SCXX_TASK_NO_MIGRATE = 1u << 2, /* inside migrate_disable(): only its own CPU will do */
  SCXX_TASK_BATCH = 1u << 3,      /* SCHED_BATCH: its weight, and it interrupts nobody */
  SCXX_TASK_IDLE = 1u << 4,       /* SCHED_IDLE: a weight below every nice value's, likewise */
};

/* A task's slot, two cache lines. BPF writes it under the task's run queue lock, then its event. */
struct scxx_task {
  scxx_u64 custody;      /* see above; the only word that changes after the event */
  scxx_u64 enqueued_at;  /* start of this waiting period */
  scxx_u64 sum_exec;     /* CPU time since birth, exact at every enqueue */
  scxx_u64 exec_at_wake; /* sum_exec when it last woke */
  scxx_u64 started_at;   /* when its last record was inserted */
  scxx_u64 exec_at_start;
  scxx_u32 residual; /* slice left at this enqueue; 0 unless SCXX_EVENT_PREEMPTED */
  scxx_u32 slice;    /* slice last granted */
  scxx_u64 vtime;    /* vtime of its last record */
  scxx_u64 wake_key; /* of its last record; 0: none. See keys.h */
  scxx_u64 nvcsw;    /* voluntary context switches */
  scxx_u64 cgroup;   /* id in the default hierarchy; refreshed with comm */
  scxx_s32 pid;      /* in the initial pid namespace */
  scxx_s32 tgid;
  scxx_s32 cpu; /* the CPU it last ran on, or was woken for */
  scxx_u32 nr_cpus_allowed;
  scxx_u16 weight;          /* sched_ext's, 1 to 10000; 100 is nice 0 */
  scxx_u16 static_prio;     /* 120 + nice */
  scxx_u32 flags;           /* enum scxx_task_flags */
  char comm[SCXX_COMM_LEN]; /* not always terminated; refreshed at birth and every 16th enqueue */
};

/* An event, BPF to agent: slot in the low 24 bits of slot_kind, enum scxx_event_kind above them. */
struct scxx_event {
  scxx_u32 slot_kind;
  scxx_u32 enq_cnt;
  scxx_u64 time;
};

static inline __attribute__((always_inline)) scxx_u32 scxx_slot_kind(scxx_u32 slot, scxx_u32 kind) {
  return (slot & (SCXX_MAX_SLOTS - 1)) | kind << 24;
}

/* The task of a slot has exited. Several producers: `turn` is its position + 1 once the entry is
 * whole. */
struct scxx_gone {
  scxx_u64 turn;
  scxx_u32 slot;
  scxx_u32 generation;
};

struct scxx_gone_ring {
  scxx_u64 tail; /* claimed by compare-and-swap */
  scxx_u64 pad[7];
  struct scxx_gone entries[SCXX_GONE_RING];
};

/* scxx_record.flags */
enum scxx_record_flags {
  SCXX_RECORD_PINNED =
      1u << 0, /* for this CPU only: chosen by the policy, or by the task's affinity */
  SCXX_RECORD_LONG = 1u << 1, /* expected to run for much longer than a decision takes */
};

/* A decision, agent to BPF. */
struct scxx_record {
  scxx_u32 slot;
  scxx_u32 enq_cnt; /* the waiting period it was made for */
  scxx_u32 slice;   /* ns; 0: the default */
  scxx_u32 pace;    /* see keys.h; 0: no keys */
  scxx_u64 vtime;   /* kept in scxx_task.vtime; with a pace, the key at the start of the run */
  scxx_u32 flags;   /* enum scxx_record_flags */
  scxx_s32 lead;    /* see keys.h */
};

struct scxx_dispatch_ring {
  scxx_u64 tail; /* agent: records published */
  scxx_u64 pad[7];
  struct scxx_record records[SCXX_DISPATCH_RING];
};

/*
 * Counters, one set per CPU; the agent adds them up. framework/channel/dispatcher_stats.cc has
 * their names, units and help.
 */
enum scxx_counter {
  SCXX_CNT_QUEUED,         /* tasks handed to user space */
  SCXX_CNT_DISPATCHED,     /* records honoured */
  SCXX_CNT_CANCELLED,      /* waiting periods ended by a re-enqueue */
  SCXX_CNT_RECLAIMED,      /* taken back from user space by the lease */
  SCXX_CNT_GONE,           /* left sched_ext while in user custody */
  SCXX_CNT_STALE,          /* records dropped: no longer true */
  SCXX_CNT_BAD_RECORD,     /* records dropped: nonsense */
  SCXX_CNT_BOUNCED,        /* records for a CPU their task may not use: scheduled in the kernel */
  SCXX_CNT_KERNEL,         /* enqueues scheduled in the kernel: no slot, ring full, fallback */
  SCXX_CNT_NO_SLOT,        /* of these: no slot */
  SCXX_CNT_RING_FULL,      /* of these: event ring full */
  SCXX_CNT_KTHREAD,        /* enqueues of kernel threads and of the agent's other threads */
  SCXX_CNT_DIRECT,         /* wakeups dispatched at once on a free CPU */
  SCXX_CNT_STOLEN,         /* records taken from another CPU's ring */
  SCXX_CNT_EXTENDED,       /* slices renewed because nothing else waited */
  SCXX_CNT_ACTIVATIONS,    /* times the agent was put on a CPU */
  SCXX_CNT_PARKS,          /* times it parked */
  SCXX_CNT_KICK_IDLE,      /* idle CPUs kicked */
  SCXX_CNT_KICK_PREEMPT,   /* busy CPUs kicked */
  SCXX_CNT_FALLBACKS,      /* times the lease expired */
  SCXX_CNT_DISPATCH_CALLS, /* calls of ops.dispatch */
  SCXX_NR_COUNTERS
};

/* Histogram of the time from enqueue to insert, in ns: up to 3 ns a bucket each, then four to a
 * power of two (framework/stats/histogram.h). A power of two, so that an index can be masked. */
#define SCXX_HIST_BUCKETS 256

/* What BPF keeps of a queue of its own, in which the kernel schedules: see queue.h. */
struct scxx_queue {
  scxx_u64 in, in_at; /* tasks inserted so far, and when the last one was */
  scxx_u64 out;       /* tasks that a CPU has taken, or that have left: `in` when it is empty */
  scxx_u64 clock;     /* its virtual time */
  scxx_u64 served;    /* when it last gave a CPU a task, or began to hold one */
  scxx_u64 load;      /* what its tasks weigh: weights.h */
  scxx_u64 first_at, first_since; /* when its first was looked at, and since when that waited */
  scxx_u64 far_key, far_at;       /* a key that the clock has to reach, and when; 0: none */
  scxx_u64 next_key;              /* the largest one since */
  scxx_u64 new_at;                /* when a task without a past came last */
  scxx_u64 pad1[4];
};

/* State of a CPU (the last entry stands for the "any CPU" ring and has only dispatch_head). */
struct scxx_cpu {
  /* written on this CPU; the owner also by a wakeup that finds the CPU idle */
  scxx_u64 event_tail;
  scxx_u64 last_dispatch; /* when ops.dispatch last gave it something */
  scxx_u64 owner_since;
  /* task it was last given by a record or directly; 0: idle, or chosen by the kernel */
  scxx_s32 owner_pid;
  scxx_u32 owner_slot;
  scxx_s32 yielded_pid; /* pid that called sched_yield and has not been enqueued since */
  scxx_u32 run_limit;   /* of a short turn: how long it may take, in ns; else 0. See crowd.h */
  scxx_u64 owner_key;   /* the owner's key at owner_since, and how fast it grows: keys.h */
  scxx_u32 owner_pace;
  scxx_u32 ran_kernel;    /* which of the kernel's queues it was given a task from last: queue.h */
  scxx_s64 kernel_credit; /* CPU time that these are owed: kernel_turn */
  /* written from any CPU */
  scxx_u64 dispatch_head; /* records taken; claimed by compare-and-swap */
  scxx_u64 want_agent;    /* a wakeup wants a decision here soon */
  scxx_u64 kthread_used;  /* what kernel threads have taken of this CPU lately: kthread.h */
  scxx_u64 kthread_at;
  scxx_u32 policy_weight;   /* of the policy's tasks that ran here, on average */
  scxx_u32 higher_runs;     /* runs of the timer in a row that found a higher class: higher.h */
  scxx_u64 clock_lead;      /* of the own queue's clock before the machine's; 0: unknown. turn.h */
  scxx_u64 reenqueued_at;   /* when its own queue was: higher.h */
  scxx_u64 credited_at;     /* when kernel_credit was reckoned last */
  struct scxx_queue kernel; /* of tasks that may run nowhere else, or wait for this one */
  /* written on this CPU only */
  scxx_u64 counters[24];
  scxx_u32 inserted_after[SCXX_HIST_BUCKETS];
};

/* What the agent writes, beside its rings. */
struct scxx_agent {
  /* 1: events wait. BPF sets it after publishing, the agent clears it before draining */
  scxx_u64 pending;
  scxx_u64 pad0[7];
  /* tasks the policy still holds: non-zero asks for a run when a CPU has nothing to do */
  scxx_u64 nr_queued;
  scxx_u64 nr_scheduled; /* tasks it has dispatched and not yet seen again */
  scxx_u64 gone_head;
  scxx_u64 wake_floor;  /* keys.h */
  scxx_u64 wake_margin; /* keys.h */
  scxx_u64 review_at;   /* when to run it although nothing happens; 0: never. See timer.h */
  scxx_u64 pad1[2];
  scxx_u64 kick_idle[SCXX_MASK_WORDS];    /* CPUs to kick if idle, at the next park */
  scxx_u64 kick_preempt[SCXX_MASK_WORDS]; /* CPUs to preempt, at the next park */
  scxx_u64 event_head[SCXX_MAX_CPUS];     /* events consumed */
  /* [w][0], bit c: CPU w * 64 + c has changed. BPF sets it, the agent takes it: changes.h */
  scxx_u64 changed[SCXX_MASK_WORDS][SCXX_CACHELINE / 8];
};

/* What BPF alone writes, read by the agent. */
struct scxx_global {
  /* the park: read at every enqueue, written at every activation */
  scxx_u64 parked;        /* the agent waits in its own DSQ, since then (never 0); 0: it does not */
  scxx_u32 must_run;      /* run it although nothing is pending (slice ended, signal, keep-alive) */
  scxx_u32 agent_queue;   /* the CPU + 1 whose run queue it is on, or was last */
  scxx_u64 yielded;       /* it has called sched_yield and not been enqueued since */
  scxx_u64 fallback;      /* the kernel schedules: the lease has expired */
  scxx_u64 epoch;         /* +1 when waits have ended without an event: compare custody words */
  scxx_u64 pending_since; /* when the oldest undrained event was published */
  scxx_u64 last_park, active_since; /* when it last parked, and when it was last put on a CPU */
  /* who the agent is: read at every enqueue, so nothing that changes is beside it */
  scxx_u32 wire_version;
  scxx_s32 agent_pid; /* the thread that parks */
  scxx_s32 agent_tgid;
  scxx_u32 taken;       /* CPUs that a higher class keeps for itself: see taken_mask */
  scxx_u32 agent_bound; /* its slot + 1, if it may not run on every CPU; else 0 */
  scxx_u32 agent_at;    /* where it last was, if so */
  scxx_u64 nap;         /* the agent sleeps for an instant instead of its next park: higher.h */
  scxx_u64 pad0[4];
  /* slots and the lease */
  scxx_u64 next_slot;    /* slots below it have been used */
  scxx_u64 walk_cursor;  /* where the next walk over the slots begins */
  scxx_u64 overdue;      /* some task has been held longer than hold_max */
  scxx_u64 hold_cursor;  /* where the search for such tasks goes on */
  scxx_u64 queue_cursor; /* where the timer's look at the CPUs' queues goes on */
  scxx_u64 late_runs;    /* runs of the timer in a row that found the agent late */
  scxx_u64 timer_queued; /* tasks queued so far, when the timer last ran */
  scxx_u64 hungry;       /* a CPU + 1 that found nothing while the agent ran; 0: none */
  /* written at wakeups, by any CPU */
  scxx_u64 waking_key; /* the earliest of wakeups that interrupted nobody; 0: none. See keys.h */
  scxx_u64 timer_at;   /* when the timer runs next, or may; 0: it runs now. See timer.h */
  scxx_u64 timer_set;  /* what its last run made of that */
  scxx_u64 crowded;    /* when a slice was last cut short, because many wait: crowd.h */
  scxx_u64 pad1[4];
  struct scxx_queue kernel;             /* of tasks that may run on every CPU */
  scxx_u64 idle_mask[SCXX_MASK_WORDS];  /* bit c: CPU c is idle */
  scxx_u64 taken_mask[SCXX_MASK_WORDS]; /* bit c: a higher class keeps CPU c for itself */
  scxx_u64 core_mask[SCXX_MASK_WORDS];  /* bit c: all CPUs of c's core are idle, at a guess */
  /* written where tasks begin and end: users.h */
  scxx_u64 slots_taken; /* slots that are some task's now */
  scxx_u64 slotless;    /* tasks that want a slot and have none */
  scxx_u64 pad2[6];
};

/* Fixed at load, read-only afterwards. */
struct scxx_config {
  scxx_u32 nr_cpus; /* CPU numbers are below it: the size of what is per CPU */
  scxx_u32 max_tasks;
  scxx_u32 event_mask;     /* entries of an event ring - 1 */
  scxx_u32 wakeup_preempt; /* a wakeup may interrupt the running task for a decision */
  scxx_u32 direct;         /* a woken task may go straight to a free CPU while nothing waits */
  scxx_u32 exit_dump_len;  /* bytes of scxx_exit's dump */
  scxx_u32 agent_cpu;      /* CPU + 1 that the agent has to itself, never parking; 0: it parks */
  scxx_u32 online_end;     /* the numbers of CPUs that are online are below it */
  scxx_u32 nr_online;      /* CPUs that are */
  scxx_u32 smt;            /* some core has several CPUs: `sibling` counts */
  scxx_u64 slice_default;
  scxx_u64 slice_max;
  scxx_u64 agent_slice;
  scxx_u64 event_age;      /* an event this old lets the agent run before ready tasks */
  scxx_u64 preempt_after;  /* see wakeup_preempt: not before the CPU's last dispatch is this old */
  scxx_u64 fallback_after; /* the lease */
  scxx_u64 fallback_slice;
  scxx_u64 hold_max;
  scxx_u64 keep_alive;              /* longest park */
  scxx_u64 timer_busy;              /* period of the timer while tasks wait */
  scxx_u64 timer_idle;              /* and while nothing happens */
  scxx_u64 online[SCXX_MASK_WORDS]; /* the CPUs that are online; a change ends the attach */
  scxx_u16 sibling[SCXX_MAX_CPUS];  /* with smt: the next CPU of this one's core, in a circle */
};

/* Why the kernel detached us. Valid once `recorded` is 1, which is written last. */
struct scxx_exit {
  scxx_s32 kind; /* enum scx_exit_kind */
  scxx_s32 recorded;
  scxx_s64 code;
  char reason[128];
  char message[1024];
};

#ifdef __cplusplus
#define SCXX_ASSERT(c) static_assert(c, #c)
#define SCXX_OFFSET(t, f) __builtin_offsetof(t, f)
#else
#define SCXX_ASSERT(c) _Static_assert(c, #c)
#define SCXX_OFFSET(t, f) __builtin_offsetof(struct t, f)
#endif

SCXX_ASSERT(sizeof(struct scxx_task) == 128);
SCXX_ASSERT(SCXX_OFFSET(scxx_task, custody) == 0);
SCXX_ASSERT(SCXX_OFFSET(scxx_task, slice) == 52);
SCXX_ASSERT(SCXX_OFFSET(scxx_task, pid) == 88);
SCXX_ASSERT(SCXX_OFFSET(scxx_task, weight) == 104);
SCXX_ASSERT(SCXX_OFFSET(scxx_task, comm) == 112);
SCXX_ASSERT(sizeof(struct scxx_event) == 16);
SCXX_ASSERT(sizeof(struct scxx_gone) == 16);
SCXX_ASSERT(SCXX_OFFSET(scxx_gone_ring, entries) == SCXX_CACHELINE);
SCXX_ASSERT(sizeof(struct scxx_record) == 32);
SCXX_ASSERT(SCXX_OFFSET(scxx_dispatch_ring, records) == SCXX_CACHELINE);
SCXX_ASSERT(sizeof(struct scxx_dispatch_ring) % SCXX_CACHELINE == 0);
SCXX_ASSERT(SCXX_OFFSET(scxx_cpu, dispatch_head) == SCXX_CACHELINE);
SCXX_ASSERT(sizeof(struct scxx_queue) == 2 * SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_cpu, kernel) == 2 * SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_cpu, counters) == 4 * SCXX_CACHELINE);
SCXX_ASSERT(sizeof(struct scxx_cpu) % SCXX_CACHELINE == 0);
SCXX_ASSERT(SCXX_NR_COUNTERS <= 24);
SCXX_ASSERT(SCXX_OFFSET(scxx_agent, nr_queued) == SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_agent, kick_idle) == 2 * SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_agent, changed) % SCXX_CACHELINE == 0);
SCXX_ASSERT(sizeof(struct scxx_config) == 40 + 11 * 8 + SCXX_MASK_WORDS * 8 + SCXX_MAX_CPUS * 2);
SCXX_ASSERT(sizeof(struct scxx_exit) == 16 + 128 + 1024);
SCXX_ASSERT(SCXX_OFFSET(scxx_global, wire_version) == SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_global, next_slot) == 2 * SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_global, kernel) == 4 * SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_global, idle_mask) == 6 * SCXX_CACHELINE);
SCXX_ASSERT(SCXX_OFFSET(scxx_global, slots_taken) % SCXX_CACHELINE == 0);
#endif /* SCXX_BPF_WIRE_H_ */
