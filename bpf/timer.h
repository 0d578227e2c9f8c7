/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * timer.h: when the timer runs next. There is one, which looks after the lease, after tasks held
 * too long and after whoever wants to be called at a time: a wakeup that may not interrupt its CPU
 * yet (enqueue.h), and a policy that wants to be asked again.
 *
 * The timer sets itself when it has run, and any CPU may want it sooner meanwhile. Who sets it last
 * wins, and that would be the timer. So whoever wants it says for what, says when, and sets it; the
 * timer says that it runs, looks at what is wanted, and looks again when it has set itself:
 *
 *   who wants it sooner                   the timer
 *   S1 write what for                     T1 timer_at := 0 (exchange)
 *   S2 timer_at := when (exchange)        T2 look at what is wanted, choose the next time
 *   S3 set it                             T3 timer_at 0 -> the next time; not 0: that is the time
 *                                         T4 set it
 *                                         T5 timer_at is another: set it to that
 *
 * If S2 comes before T1, T2 sees S1. Between T1 and T3, T3 sees S2. Between T3 and T5, T5 sees it.
 * After T5, S3 is after T4.
 *
 * A review: the agent writes scxx_agent.review_at before it parks (S1), the park does the rest.
 * From that time on the timer has the agent fetched: by an idle CPU, else by the one that the timer
 * runs on, whose task it interrupts. So a policy is asked again at the time it wants, and at most
 * SCXX_REVIEW_GRAIN later, as long as the timer is on time and a CPU may run the agent. Asked for
 * too soon after a park, it waits for half as long, and thus an agent that always wants to run
 * again leaves time to others. Without a review all of this is one comparison in a park.
 */
#ifndef SCXX_BPF_TIMER_H_
#define SCXX_BPF_TIMER_H_

#include "bpf/scene.h"

/* S2 and S3. */
static __always_inline void timer_soon(const struct scene* s, scxx_u64 rest) {
  sx_swap(&s->global->timer_at, s->now + rest);
  kx_timer_in(rest);
}

/* The same unless it runs by then anyway. */
static __always_inline void timer_within(const struct scene* s, scxx_u64 rest) {
  scxx_u64 at = sx_read(&s->global->timer_at);

  if (!at || (scxx_s64)(at - s->now - rest) > 0) timer_soon(s, rest);
}

/* The timer runs before `when`: somebody has asked for a review until then. */
static __always_inline bool timer_is_sooner(struct scxx_agent* agent, scxx_u64 when) {
  scxx_u64 at = sx_read(&agent->review_at);

  return at && (scxx_s64)(at - when) <= 0;
}

/*
 * The rest of a review's S, at a park. Never further ahead than the timer's period while tasks
 * wait: it looks again then, and if another CPU wants it sooner at this very moment, that request
 * is late by no more.
 */
static __always_inline void review_later(const struct scene* s) {
  scxx_s64 rest = sx_read(&s->agent->review_at) - s->now;
  scxx_u64 set = sx_read(&s->global->timer_at);

  if (rest < SCXX_REVIEW_GRAIN / 2) rest = SCXX_REVIEW_GRAIN / 2;
  if (rest > (scxx_s64)cfg.timer_busy) rest = cfg.timer_busy;
  if (!set || (scxx_s64)(s->now + rest - set) < 0) timer_soon(s, rest);
}

/* T3: the time until the timer's next run, which need not be sooner than `rest`. */
static __always_inline scxx_u64 timer_next(const struct scene* s, scxx_u64 rest) {
  scxx_u64 wanted = sx_cas(&s->global->timer_at, 0, s->now + rest);

  scxx_s64 sooner = wanted - s->now;

  s->global->timer_set = wanted ? wanted : s->now + rest;
  if (!wanted || sooner > (scxx_s64)rest) return rest;
  return sooner > 0 ? sooner : 1;
}

/* T5: the same once it is set; 0: it is as it should be. */
static __always_inline scxx_u64 timer_changed(void) {
  struct scxx_global* global = kx_global();
  scxx_u64 at = global ? sx_read(&global->timer_at) : 0;
  scxx_s64 rest;

  if (!global || at == global->timer_set) return 0;
  rest = at - kx_now();
  return rest > 0 ? rest : 1;
}

#endif /* SCXX_BPF_TIMER_H_ */
