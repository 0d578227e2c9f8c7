// SPDX-License-Identifier: Apache-2.0
//
// FairCore shares the CPU by weight and remembers who received what: the accounting beneath
// schedulers/vruntime and schedulers/latency. It is start-tag fair queueing (Goyal et al., 1996)
// with one addition, a bounded penalty in the sort key.
//
//   FairCore core(FairParams(), limits);
//   core.Enter(task, weight);                        // a new task
//   core.Charge(task, runnable.ran);                 // whatever it ran
//   core.Insert(task, FairCore::Arrival::kTurnOver, {.now = ctx.now, .penalty = Millis(4)});
//   FairCore::Turn turn = core.Pick(ctx.now, runnable, may_go);
//   if (turn.task.IsTask()) sink.Dispatch({.task = turn.task, .slice = turn.slice});
//
// How it works
// ------------
// Every task has a service counter v: the CPU time it used, divided by its weight. The clock V is
// the counter, at its start, of the task that runs. The waiting task with the smallest key runs
// next, where
//
//   key = tag + penalty,   tag = v when it was queued,   0 <= penalty <= bound.
//
// Charges are exact and never forgiven, so a penalty moves a task inside a window of `bound` and
// cannot change what it gets in the long run: a policy may guess who is interactive, and may be
// wrong. For one CPU, with no overrun beyond `tick` and no pick by age, every waiting task has
//
//   V - bound <= v <= V + MaxLead(weight),
//
// hence two tasks that are runnable all along never drift apart by more than 2 * bound and a turn
// of each, and no pattern of naps, yields or bursts makes a task faster than the clock. The limits
// are enforced at each insertion, too: below, that is the credit for having slept; above, it acts
// only after picks by age, and after runs that the kernel granted by itself.
//
// With several domains (SetDomains) there is still one clock: it does not pass what waits in any of
// them, and the limits are wider by the margin that lies between them.
//
// A task that has waited longer than `age` goes first, at most at every fourth pick and without
// moving V: a floor under extreme weights and floods of new tasks. A very light task has a short
// turn then, or a dozen of class SCHED_IDLE would have a whole one each in every `age`.
//
// Virtual times are modulo 2^64, and nothing depends on where the clock starts.
//
// O(log n) an operation; nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CORE_FAIR_CORE_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CORE_FAIR_CORE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/queue/fair_queue.h"
#include "framework/policy/policy.h"

namespace scxx {

// What a task has received: its CPU time divided by its weight, as a point on the virtual clock.
// Fractions are kept, so that many short runs cost exactly what a long one costs.
//
//   Service service(Vtime(0));
//   service.Charge(Millis(1), Weight::FromNice(5));   // 3,056,716 and 140 / 335
//   service.Charge(Millis(2), Weight::FromNice(5));   // 9,170,149 and 85 / 335: as 3 ms at once
//
// A plain value of 16 bytes.
class Service {
 public:
  constexpr Service() = default;
  constexpr explicit Service(Vtime v) : v_(v) {}

  constexpr Vtime v() const { return v_; }
  // The fraction not yet in v(), in 1 / load of a nanosecond.
  constexpr uint32_t rem() const { return rem_; }

  // Adds CPU time that the task ran at `weight`; below zero counts as zero.
  constexpr void Charge(Nanos ran, Weight weight) {
    const auto real = static_cast<uint64_t>(std::max(ran, Nanos::Zero()).count());
    if (real < kNoOverflow) [[likely]] {
      Add(real * 1024 + rem_, weight);
    } else {
      Add(static_cast<unsigned __int128>(real) * 1024 + rem_, weight);
    }
  }

  // Sets the point; the fraction is dropped, also when the point stays.
  constexpr void MoveTo(Vtime v) { *this = Service(v); }

 private:
  static constexpr uint64_t kNoOverflow = uint64_t{1} << 53;

  template <typename Int>
  constexpr void Add(Int scaled, Weight weight) {
    v_ += Nanos(static_cast<int64_t>(scaled / weight.load()));
    rem_ = static_cast<uint32_t>(scaled % weight.load());
  }

  Vtime v_;
  uint32_t rem_ = 0;
};

class FairCore {
 public:
  // How a task comes to wait.
  enum class Arrival {
    kRested,       // it is new, or slept
    kTurnOver,     // it used up its slice, yielded, or was changed
    kInterrupted,  // it lost its CPU with a part of its slice left
  };

  struct Entry {
    Instant now = {};
    Nanos penalty = {};               // virtual, 0 to params.bound
    Nanos credit = {};                // kRested: how far behind V it may start; 0 to params.bound
    Nanos left = {};                  // kInterrupted: the rest of its slice
    const CpuSet* allowed = nullptr;  // nullptr: every CPU
    CpuId home = CpuId::None();       // where it ran last
  };

  // A task taken out of the queue to run.
  struct Turn {
    TaskId task = {};
    Nanos slice = {};
    Vtime key = {};      // at the start of its run: RunningKey
    Nanos penalty = {};  // of that
    // Where it may go, as of when it was queued, which is what it was taken for; nullptr: every
    // CPU. Valid until the next Insert.
    const CpuSet* cpus = nullptr;
  };

  FairCore(const FairParams& params, const PolicyLimits& limits);

  // The domain of every CPU. A task that may use every CPU waits in the queue of its home's domain,
  // and those of one may be ahead of another's by up to `margin`. While nothing waits.
  void SetDomains(absl::Span<const uint32_t> by_cpu, Nanos margin) {
    queue_.SetDomains(by_cpu);
    domain_margin_ = margin;
  }

  const FairParams& params() const { return params_; }
  Vtime clock() const { return clock_; }
  size_t size() const { return queue_.size(); }
  uint64_t aged_picks() const { return aged_picks_; }
  bool empty() const { return queue_.empty(); }
  // Whether a task waits that may not run on every CPU.
  bool any_restricted() const { return queue_.any_restricted(); }

  // ---- Tasks ----

  // Whether Enter has named this task, and Leave has not.
  bool Knows(TaskId task) const { return tasks_[task.slot].id == task; }
  // A task that was never seen starts a little behind the others: by params.debit, and by what the
  // last to leave owed, up to a turn. Otherwise a chain of tasks each of which starts the next one
  // and exits would begin anew each time.
  void Enter(TaskId task, Weight weight);
  // It is gone, and ran for `ran` since it was charged. Unqueues it if it waits.
  void Leave(TaskId task, Nanos ran = {});

  // The rest is for known tasks.

  void Charge(TaskId task, Nanos ran) {
    Task& t = tasks_[task.slot];
    t.service.Charge(ran, t.weight);
  }
  // False if that is its weight already. Charge what it ran at the old one first. Its distance to
  // V, in real time, stays. For a task that does not wait.
  bool SetWeight(TaskId task, Weight weight);

  Service service(TaskId task) const { return tasks_[task.slot].service; }
  Weight weight(TaskId task) const { return tasks_[task.slot].weight; }

  // ---- Waiting ----

  // Queues a task that does not wait.
  void Insert(TaskId task, Arrival arrival, const Entry& entry);
  // Unqueues it. False if it does not wait.
  bool Remove(TaskId task) { return Waits(task) && queue_.Remove(task.slot); }
  // Undoes Pick: it waits where it stood. `allowed` and `home` as in Entry.
  void PutBack(TaskId task, Instant now, const CpuSet* allowed, CpuId home = CpuId::None());

  bool Waits(TaskId task) const { return Knows(task) && queue_.Contains(task.slot); }
  // Of a waiting task.
  Vtime key(TaskId task) const { return queue_.key(task.slot); }
  Nanos penalty(TaskId task) const { return tasks_[task.slot].penalty; }
  // Whether it rested before this wait. Only then may it be worth an interruption.
  bool Rested(TaskId task) const { return tasks_[task.slot].rested; }
  // Of a waiting task: where it may go; nullptr: every CPU.
  const CpuSet* cpus(TaskId task) const { return queue_.cpus(task.slot); }
  // Whether it could not go everywhere when it was last queued.
  bool Restricted(TaskId task) const { return tasks_[task.slot].restricted; }

  // ---- Turns ----

  // Who should run next among those whose CPUs please `may_go(const CpuSet*)`, nullptr meaning
  // every CPU. None() if nobody.
  template <typename MayGo>
  TaskId First(MayGo may_go) const {
    return IdOf(queue_.First(may_go));
  }
  // Who is ahead of all others that wait. None() if nobody waits.
  TaskId First() { return IdOf(queue_.First()); }
  // Nobody who waits has a smaller key: see FairQueue.
  Vtime KeyBound() const { return queue_.KeyBound(); }

  // The same with the age guard, and takes the task out of the queue to run. `runnable` tasks share
  // a CPU, this one included.
  template <typename MayGo>
  Turn Pick(Instant now, int64_t runnable, MayGo may_go) {
    return Pick(
        now, runnable, [&](const FairQueue& queue) { return queue.Oldest(may_go); },
        [&](const FairQueue& queue) { return queue.First(may_go); });
  }
  // The same where keys are not all that counts. `oldest(const FairQueue&)` finds the slot that has
  // waited longest, `first(const FairQueue&)` the one that is due otherwise, or kNone.
  template <typename Oldest, typename First>
  Turn Pick(Instant now, int64_t runnable, Oldest oldest, First first) {
    if (picks_since_aged_ >= kPicksBetweenAged && queue_.OneWaitsSinceBefore(now - params_.age)) {
      const uint32_t slot = oldest(std::as_const(queue_));
      if (IsAged(slot, now)) return TakeAged(slot, runnable);
    }
    const uint32_t slot = first(std::as_const(queue_));
    return slot == FairQueue::kNone ? Turn() : Take(slot, runnable);
  }

  // Whether `is(task)` holds for one that is first among those restricted to some set of CPUs, or
  // to none.
  template <typename Is>
  bool AnyFirst(Is is) const {
    bool any = false;
    queue_.LookAtFirsts([&](uint32_t slot) { any = any || is(tasks_[slot].id); });
    return any;
  }

  // Takes tasks out of the queue that need not wait for a turn to end, and may go to one of these
  // CPUs. Visits, for every set of CPUs in use that has one of them, the task that is first among
  // those restricted to it. `visit(task, cpus)` returns whether it is to run now; then so many
  // tasks share a CPU as `runnable` says, and `dispatch(turn)` follows.
  template <typename Visit, typename Dispatch>
  void TakeUrgent(int64_t runnable, const CpuSet& among, Visit visit, Dispatch dispatch) {
    queue_.ForEachFirst(&among, [&](uint32_t slot) {
      if (!visit(tasks_[slot].id, queue_.cpus(slot))) return false;
      dispatch(Take(slot, runnable));
      return true;
    });
  }

  // What a running task's key would be if it were queued now: it has run for `ran` since its turn
  // began, and has this penalty by now. If it was dispatched directly after a sleep, its counter
  // has yet to be limited.
  Vtime RunningKey(TaskId running, Nanos ran, Nanos penalty) const {
    const Task& t = tasks_[running.slot];
    const Vtime lowest = clock_ - params_.bound;
    const Vtime v = t.service.v().Before(lowest) ? lowest : t.service.v();
    return v + ToVirtual(ran, t.weight) + penalty;
  }
  // How much faster its counter grows than the time that it runs: virtual ns in 1,024 ns.
  uint32_t Pace(TaskId task) const { return tasks_[task.slot].pace; }
  // Whether a waiting task with `key` is so far ahead that it should not wait for the end of the
  // running one's turn.
  bool Beats(Vtime key, Vtime running_key) const {
    return (key + params_.margin).Before(running_key);
  }

  // A task with this key is about to take the CPU from `running`. When `running` is back as
  // kInterrupted, it keeps its place only if it was behind that key from the start; otherwise it
  // could win the next pick and would have been interrupted for nothing. Without this call it is
  // compared with the task that is first in the queue.
  void Interrupt(TaskId running, Vtime by) {
    tasks_[running.slot].interrupted = true;
    tasks_[running.slot].interrupted_by = by;
  }

 private:
  static constexpr uint32_t kPicksBetweenAged = 3;
  // Per unit of load: SCHED_IDLE has 0.4 ms, nice 19 has 2 ms.
  static constexpr Nanos kAgedTurn = Micros(133);

  struct Task {
    TaskId id = {};
    Service service = {};
    Weight weight = {};
    bool rested = false;
    bool restricted = false;
    uint8_t insertions = 0;  // 2: two or more
    uint32_t pace = 1024;
    bool interrupted = false;  // Interrupt was called since the last Insert
    Vtime interrupted_by = {};
    Nanos max_lead = {};
    Vtime tag = {};
    Nanos penalty = {};
    Nanos left = {};  // of its slice; zero: a new one
  };

  TaskId IdOf(uint32_t slot) const {
    return slot == FairQueue::kNone ? TaskId::None() : tasks_[slot].id;
  }
  bool IsAged(uint32_t slot, Instant now) const {
    return slot != FairQueue::kNone && now - queue_.since(slot) > params_.age;
  }
  Turn Take(uint32_t slot, int64_t runnable);
  Turn TakeAged(uint32_t slot, int64_t runnable);
  Turn TakeOut(uint32_t slot, int64_t runnable);

  Nanos Debt() const;
  void AdoptWeight(Task* task, Weight weight);
  void Limit(Task* task, Nanos behind) const;
  bool KeepsPlace(const Task& task, const Entry& entry) const;

  FairParams params_;
  Nanos domain_margin_;
  Vtime clock_;
  Vtime debt_;  // what the last to leave owed lies between V and this, in real time
  uint32_t picks_since_aged_ = kPicksBetweenAged;
  uint64_t aged_picks_ = 0;
  std::vector<Task> tasks_;  // by slot
  FairQueue queue_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CORE_FAIR_CORE_H_
