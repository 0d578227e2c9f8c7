// SPDX-License-Identifier: Apache-2.0
//
// TaskTable is the engine's record of custody: for every slot, which task lives there, which of its
// enqueues was the last, and whether the policy holds it. It turns what a backend reports, with
// messages that are late, doubled or missing, into the strict protocol of policy.h.
//
//            Take                    Release (dispatched)
//   unknown ------> held <----------------------------------> away ---> gone
//                    | Withdraw -> away       Reclaim (refused)    Retire
//
// One array, made by the constructor; no allocation later. Not thread-safe. Slots beyond max_tasks
// break a CHECK: a backend masks what it reads from shared memory.

#ifndef SCXX_FRAMEWORK_ENGINE_TASK_TABLE_H_
#define SCXX_FRAMEWORK_ENGINE_TASK_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/backend/backend.h"
#include "framework/base/check.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"

namespace scxx {

class TaskTable {
 public:
  // What the policy must be told when a task arrives.
  struct Arrival {
    bool fresh = false;       // false: an old message, tell nothing
    bool was_held = false;    // its end of custody was missed: OnWithdrawn comes first
    TaskId predecessor = {};  // the slot's former task, whose end was missed: OnGone comes first
  };

  struct Enqueue {
    uint32_t number = 0;
    Instant at = {};
  };

  explicit TaskTable(uint32_t max_tasks)
      : entries_(max_tasks), usual_runs_(max_tasks, Nanos::Max()) {}

  // How many tasks the policy holds.
  uint64_t held() const { return held_; }
  // How long each task usually runs, by slot: an average that follows its recent runs; Nanos::Max()
  // while nothing is known, so that a new task counts with its whole slice.
  absl::Span<const Nanos> usual_runs() const { return usual_runs_; }

  // A kRunnable event. The CPU time of events dropped before is added to `event.ran`, so that the
  // policy charges it all.
  Arrival Take(uint32_t enqueue, TaskRunnable& event) {
    Entry& entry = At(event.task);
    Arrival arrival = Admit(entry, enqueue, event.task);
    if (!arrival.fresh) {
      if (entry.generation == event.task.generation) entry.carried_run += event.ran;
      return arrival;
    }
    event.ran += std::exchange(entry.carried_run, Nanos::Zero());
    entry.enqueue = enqueue;
    entry.enqueued_at = event.enqueued_at;
    SetState(entry, State::kHeld);
    Learn(event.task.slot, event.ran);
    return arrival;
  }

  // A kWithdrawn event, or a task missing in a resync. False: the policy does not hold it, tell
  // nothing.
  bool Withdraw(TaskId task, uint32_t enqueue) {
    Entry& entry = At(task);
    if (entry.generation != task.generation || !IsAlive(entry)) return false;
    if (IsOlder(enqueue, entry.enqueue)) return false;
    entry.enqueue = enqueue;  // over, even if its kRunnable is still to come
    bool was_held = entry.state == State::kHeld;
    SetState(entry, State::kAway);
    return was_held;
  }

  // A kGone event. Returns the task the policy must be told of: this one, a predecessor whose end
  // was missed, or none.
  TaskId Retire(TaskId task) {
    Entry& entry = At(task);
    if (entry.state != State::kUnknown && IsOlder(task.generation, entry.generation)) return {};
    TaskId known = IsAlive(entry) ? TaskId{task.slot, entry.generation} : TaskId::None();
    SetState(entry, State::kGone);
    entry.generation = task.generation;
    return known;
  }

  // A dispatch by the policy. The enqueue it answers.
  Enqueue Release(TaskId task) {
    Entry& entry = At(task);
    SCXX_CHECK(entry.generation == task.generation && entry.state == State::kHeld,
               "the policy dispatched a task it does not hold");
    SetState(entry, State::kAway);
    return {.number = entry.enqueue, .at = entry.enqueued_at};
  }

  // A refused dispatch. False: an old message, tell nothing.
  bool Reclaim(TaskId task, uint32_t enqueue) {
    Entry& entry = At(task);
    if (!IsEnqueue(entry, task, enqueue) || entry.state != State::kAway) return false;
    SetState(entry, State::kHeld);
    return true;
  }

  // Fills `tasks` with tasks held, from slot `*cursor` on, and moves the cursor behind them.
  // Returns how many; 0 at the end.
  size_t ListHeld(uint32_t* cursor, absl::Span<HeldTask> tasks) const {
    size_t n = 0;
    for (; *cursor < entries_.size() && n < tasks.size(); ++*cursor) {
      const Entry& entry = entries_[*cursor];
      if (entry.state != State::kHeld) continue;
      tasks[n++] = {.task = {*cursor, entry.generation}, .enqueue = entry.enqueue};
    }
    return n;
  }

 private:
  enum class State : uint8_t { kUnknown, kHeld, kAway, kGone };

  struct Entry {
    uint32_t generation = 0;
    uint32_t enqueue = 0;
    Instant enqueued_at = {};
    Nanos carried_run = {};
    State state = State::kUnknown;
  };

  // Both counters wrap.
  static bool IsOlder(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }
  static bool IsAlive(const Entry& e) { return e.state == State::kHeld || e.state == State::kAway; }
  static bool IsEnqueue(const Entry& entry, TaskId task, uint32_t enqueue) {
    return entry.generation == task.generation && entry.enqueue == enqueue;
  }

  Entry& At(TaskId task) {
    SCXX_CHECK_LT(task.slot, entries_.size(), "a slot beyond max_tasks");
    return entries_[task.slot];
  }

  void SetState(Entry& entry, State state) {
    held_ += (state == State::kHeld) - (entry.state == State::kHeld);
    entry.state = state;
  }

  // Is this news about the slot's task, or about a new task in the slot?
  Arrival Admit(Entry& entry, uint32_t enqueue, TaskId task) {
    bool same_task = entry.state != State::kUnknown && entry.generation == task.generation;
    if (same_task) {
      bool fresh = IsAlive(entry) && IsOlder(entry.enqueue, enqueue);
      return {.fresh = fresh, .was_held = fresh && entry.state == State::kHeld};
    }
    if (entry.state != State::kUnknown && IsOlder(task.generation, entry.generation)) return {};
    Arrival arrival{.fresh = true};
    if (IsAlive(entry)) arrival.predecessor = {task.slot, entry.generation};
    SetState(entry, State::kUnknown);
    entry = Entry{.generation = task.generation};
    usual_runs_[task.slot] = Nanos::Max();
    return arrival;
  }

  // A quarter of the way towards the latest run: a task that changes its habits is known after a
  // few.
  void Learn(uint32_t slot, Nanos ran) {
    if (ran <= Nanos::Zero()) return;
    Nanos& usual = usual_runs_[slot];
    usual = usual == Nanos::Max() ? ran : usual + (ran - usual) / 4;
  }

  std::vector<Entry> entries_;
  std::vector<Nanos> usual_runs_;
  uint64_t held_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_ENGINE_TASK_TABLE_H_
