// SPDX-License-Identifier: Apache-2.0
//
// Dispatch, a policy's decision, and DispatchSink, where Schedule() puts them. Policy authors
// include policy.h, which includes this.
//
// The sink is full when deciding further ahead would do harm. A task that is dispatched and waits
// for its CPU can no longer be re-ordered, so the engine keeps the predicted run time waiting in
// front of a CPU below a budget (300 us by default), yet always allows one task for each free CPU,
// and one waiting task. Short bursts are thus decided many at a time and CPU hogs one at a time,
// and a policy needs no thought about either.

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

// Room in front of one CPU, or of all that take from a common queue. The backend says how things
// stand at the start of a batch; the sink keeps count from there.
struct Room {
  Nanos ahead = {};     // predicted run time that waits there already, for all these CPUs together
  uint32_t queued = 0;  // tasks that wait there
  uint32_t space = 0;   // tasks that still fit in
  uint32_t free_cpus = 0;  // consuming CPUs that have nothing to run
  uint32_t cpus = 1;       // consuming CPUs

  // `lookahead` is the budget for each CPU.
  bool Full(Nanos lookahead) const {
    return space == 0 || (ahead >= lookahead * cpus && queued >= std::max<uint32_t>(free_cpus, 1));
  }
  void Take(Nanos expected_run) {
    ahead += expected_run;
    ++queued;
    --space;
  }
};

// Filled by one Schedule() call. Not thread-safe; keep no reference to it.
class DispatchSink {
 public:
  // What the sink works on; all of it belongs to the engine.
  struct Parts {
    absl::Span<scxx::Dispatch> buffer = {};  // decisions go here
    Nanos lookahead = {};                    // the budget
    Room any = {};                           // for CpuId::Any()
    absl::Span<Room> rooms = {};             // by CPU
    absl::Span<const Nanos> usual_run = {};  // by slot: how long the task usually runs
  };

  explicit DispatchSink(const Parts& parts) : parts_(parts) {}
  DispatchSink(const DispatchSink&) = delete;
  DispatchSink& operator=(const DispatchSink&) = delete;

  // No further dispatch to CpuId::Any() is wanted now.
  bool full() const { return BufferFull() || parts_.any.Full(parts_.lookahead); }
  // No further dispatch to this CPU is wanted now.
  bool full(CpuId cpu) const {
    return cpu == CpuId::Any() ? full() : BufferFull() || RoomOf(cpu).Full(parts_.lookahead);
  }
  // The next dispatch to this CPU, or to any, would find a CPU that has nothing to run.
  bool free(CpuId cpu) const {
    const Room& room = RoomOf(cpu);
    return room.queued < room.free_cpus;
  }
  // What waits for any CPU will take far longer than the budget: a CPU hog is among it. An urgent
  // task that finds a CPU free, but the common queue full, should be dispatched to that CPU.
  bool congested() const { return parts_.any.ahead > parts_.lookahead * 2 * parts_.any.cpus; }
  // Not even one with `preempt` fits into this batch. There is another batch soon.
  bool exhausted() const { return BufferFull(); }

  // Requires !full(d.cpu), or with d.preempt !exhausted(); slice > 0; a task in custody.
  // Inlined, so that a decision is built in the buffer: copied, it would be read back before it is
  // stored.
  [[gnu::always_inline]] void Dispatch(const scxx::Dispatch& d) {
    SCXX_CHECK_LT(d.task.slot, parts_.usual_run.size(),
                  "the policy dispatched a task unknown here");
    SCXX_CHECK_GT(d.slice, Nanos::Zero(), "the policy dispatched a slice that is not positive");
    SCXX_CHECK(!BufferFull(), "the policy dispatched into a full sink; ask full() first");
    Room& room = RoomOf(d.cpu);
    if (!d.preempt) [[likely]] {
      SCXX_CHECK(!room.Full(parts_.lookahead),
                 "the policy dispatched into a full sink; ask full() first");
      room.Take(std::min(d.slice, parts_.usual_run[d.task.slot]));
    }
    parts_.buffer[size_++] = d;
  }

  // Asks for a Schedule() at this time even if nothing happens until then, for a decision that is
  // wanted, but not yet. Of several requests in a call the earliest counts; the next call forgets
  // it. A backend may be late.
  void ReviewAt(Instant time) { review_at_ = std::min(review_at_.value_or(time), time); }
  std::optional<Instant> review_at() const { return review_at_; }

  // Counts until the next call that publishes some.
  void Publish(const WakeupKeys& keys) { wakeup_keys_ = keys; }
  std::optional<WakeupKeys> wakeup_keys() const { return wakeup_keys_; }

  size_t size() const { return size_; }

 private:
  bool BufferFull() const { return size_ == parts_.buffer.size(); }
  const Room& RoomOf(CpuId cpu) const {
    if (cpu == CpuId::Any()) return parts_.any;
    SCXX_CHECK(cpu.IsCpu() && static_cast<size_t>(cpu.value()) < parts_.rooms.size(),
               "the policy named a CPU that does not exist");
    return parts_.rooms[cpu.value()];
  }
  Room& RoomOf(CpuId cpu) { return const_cast<Room&>(std::as_const(*this).RoomOf(cpu)); }

  Parts parts_;
  size_t size_ = 0;
  std::optional<Instant> review_at_;
  std::optional<WakeupKeys> wakeup_keys_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_DISPATCH_SINK_H_
