// SPDX-License-Identifier: Apache-2.0
//
// Dispatch, a policy's decision, and DispatchSink, where Schedule() puts them. Policy authors
// include policy.h, which includes this.
//
// The sink is full when deciding further ahead would do harm: see lookahead.h. A policy needs no
// thought about that but to ask full() first.

#ifndef SCXX_FRAMEWORK_POLICY_DISPATCH_SINK_H_
#define SCXX_FRAMEWORK_POLICY_DISPATCH_SINK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/lookahead.h"

namespace scxx {

// Run this task next on `cpu`.
struct Dispatch {
  TaskId task = {};
  // Any() means any CPU the task may run on: an idle one if there is one, else where it ran last.
  CpuId cpu = CpuId::Any();
  Nanos slice = {};  // > 0. The kernel looks at slices at its tick: 1 to 10 ms, by configuration
  // The policy's key for it, smaller first. For tools, and for a backend that orders its queues; a
  // kernel keeps the order of dispatch.
  Vtime order = {};
  // Interrupt what the CPU runs now. Behind what was dispatched to this CPU by name before and has
  // not run yet. Takes no part in the lookahead budget.
  bool preempt = false;
  // `cpu` is a wish: while that CPU is busy with something else, another one that would idle may
  // take the task. Counts only for a task that may run on every CPU; with `preempt` not at all.
  bool movable = false;
  // With a pace the policy publishes its keys (see WakeupKeys), and `order` is the key at the start
  // of this run. At most so many virtual ns it grows in 1,024 ns of running.
  uint32_t pace = 0;
  // How much earlier than `order` the key may be when the task next wakes.
  Nanos lead = {};
};

// What else a policy with kWakeupPreemption publishes of its keys. A task that wakes has at least
// the key max(order - lead, floor) of its last dispatch. Only if that is before the key of what
// runs by more than `margin`, the policy is asked at once; any other wakeup costs no activation and
// waits for the next occasion. Without keys each wakeup on a busy CPU asks.
struct WakeupKeys {
  Vtime floor = {};
  Nanos margin = {};
};

// Filled by one Schedule() call. Not thread-safe; keep no reference to it.
class DispatchSink {
 public:
  // Decisions go into `buffer`, as far as the lookahead allows; both belong to the engine.
  DispatchSink(absl::Span<scxx::Dispatch> buffer, Lookahead lookahead)
      : buffer_(buffer), lookahead_(std::move(lookahead)) {}
  DispatchSink(const DispatchSink&) = delete;
  DispatchSink& operator=(const DispatchSink&) = delete;

  // ---- For the policy ----

  // No further dispatch to CpuId::Any() is wanted now.
  bool full() const { return full(CpuId::Any()); }
  // No further dispatch to this CPU is wanted now.
  bool full(CpuId cpu) const { return exhausted() || lookahead_.Full(cpu); }
  // The next dispatch to this CPU, or to any, would find a CPU that has nothing to run.
  bool free(CpuId cpu) const { return lookahead_.Free(cpu); }
  // What waits for any CPU will take far longer than the budget: a CPU hog is among it. An urgent
  // task that finds a CPU free, but the common queue full, should be dispatched to that CPU.
  bool congested() const { return lookahead_.Congested(); }
  // Not even one with `preempt` fits into this batch. There is another batch soon.
  bool exhausted() const { return size_ == buffer_.size(); }

  // Requires !full(d.cpu), or with d.preempt !exhausted(); slice > 0; a task in custody.
  // Inlined, so that a decision is built in the buffer: copied, it would be read back before it is
  // stored.
  [[gnu::always_inline]] void Dispatch(const scxx::Dispatch& d) {
    SCXX_CHECK_LT(d.task.slot, lookahead_.max_tasks(), "the policy dispatched a task unknown here");
    SCXX_CHECK_GT(d.slice, Nanos::Zero(), "the policy dispatched a slice that is not positive");
    SCXX_CHECK(!exhausted(), "the policy dispatched into a full sink; ask full() first");
    if (!d.preempt) [[likely]] {
      lookahead_.Take(d.cpu, lookahead_.Expected(d.task.slot, d.slice));
    } else {
      lookahead_.CheckExists(d.cpu);
    }
    buffer_[size_++] = d;
  }

  // Asks for a Schedule() at this time even if nothing happens until then, for a decision that is
  // wanted, but not yet: to interrupt a task that should run a little longer, say.
  //
  //   sink.ReviewAt(ctx.now + Millis(2));
  //
  // Of several requests in a call the earliest counts, and the next call forgets it. The call
  // comes no sooner, and at most 100 us later (SCXX_REVIEW_GRAIN of bpf/wire.h), on an idle machine
  // and on a busy one; later only where the kernel's timer is late or nothing lets this process
  // run. A time in the past means soon: a policy is asked every 50 us at most.
  void ReviewAt(Instant time) { review_at_ = std::min(review_at_.value_or(time), time); }

  // Counts until the next call that publishes some.
  void Publish(const WakeupKeys& keys) { wakeup_keys_ = keys; }

  // ---- For the engine ----

  // A batch begins: Schedule() is next. See Lookahead::Begin.
  void Begin(const Room& any, absl::Span<const Room> rooms) {
    lookahead_.Begin(any, rooms);
    size_ = 0;
    review_at_.reset();
  }
  const Lookahead& lookahead() const { return lookahead_; }

  // What the call has said.
  size_t size() const { return size_; }
  std::optional<Instant> review_at() const { return review_at_; }
  // What has been published last, in this call or before.
  std::optional<WakeupKeys> wakeup_keys() const { return wakeup_keys_; }

 private:
  absl::Span<scxx::Dispatch> buffer_;
  Lookahead lookahead_;
  size_t size_ = 0;
  std::optional<Instant> review_at_;
  std::optional<WakeupKeys> wakeup_keys_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_DISPATCH_SINK_H_
