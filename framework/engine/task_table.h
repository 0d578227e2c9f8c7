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
#include <vector>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"

namespace scxx {

class TaskTable {
 public:
  // What a kRunnable event means for the policy.
  enum class News {
    kOld,        // nothing: a late message
    kRunnable,   // OnRunnable
    kMissedEnd,  // the task's last custody ended unnoticed: OnWithdrawn, then OnRunnable
  };

  struct Enqueue {
    uint32_t number = 0;
    Instant at = {};
  };

  explicit TaskTable(uint32_t max_tasks)
      : max_tasks_(max_tasks), entries_(max_tasks), usual_runs_(max_tasks, Nanos::Max()) {}

  // How many tasks the policy holds.
  uint64_t held() const { return held_; }
  // How long each task usually runs, by slot: an average that follows its recent runs; Nanos::Max()
  // while nothing is known, so that a new task counts with its whole slice.
  absl::Span<const Nanos> usual_runs() const { return usual_runs_; }

  // Comes before Take and Retire: a newer generation ends the slot's former task. Returns that task
  // if the policy knows it still, having missed its exit; else none.
  TaskId Evict(TaskId newcomer) {
    Entry& entry = At(newcomer);
    if (entry.generation == newcomer.generation) [[likely]]
      return {};
    return EvictFrom(entry, newcomer);
  }

  // A kRunnable event. The CPU time of events dropped before is added to `event.ran`, so that the
  // policy charges it all.
  News Take(uint32_t enqueue, TaskRunnable& event) {
    Entry& entry = At(event.task);
    if (!IsNews(entry, event.task, enqueue)) {
      if (entry.generation == event.task.generation) entry.carried_run += event.ran;
      return News::kOld;
    }
    event.ran += entry.carried_run;
    entry.carried_run = Nanos::Zero();
    entry.enqueue = enqueue;
    entry.enqueued_at = event.enqueued_at;
    Learn(event.task.slot, event.ran);
    bool was_held = entry.state == State::kHeld;
    SetState(entry, State::kHeld);
    return was_held ? News::kMissedEnd : News::kRunnable;
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

  // A kGone event. False: the policy does not know the task, tell nothing.
  bool Retire(TaskId task) {
    Entry& entry = At(task);
    if (entry.generation != task.generation) return false;
    bool was_alive = IsAlive(entry);
    SetState(entry, State::kGone);
    return was_alive;
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
    for (; *cursor < max_tasks_ && n < tasks.size(); ++*cursor) {
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

  // The counter wraps.
  static bool IsOlder(uint32_t a, uint32_t b) { return static_cast<int32_t>(a - b) < 0; }
  static bool IsAlive(const Entry& e) { return e.state == State::kHeld || e.state == State::kAway; }
  static bool IsEnqueue(const Entry& entry, TaskId task, uint32_t enqueue) {
    return entry.generation == task.generation && entry.enqueue == enqueue;
  }

  Entry& At(TaskId task) {
    SCXX_CHECK_LT(task.slot, max_tasks_, "a slot beyond max_tasks");
    return entries_[task.slot];
  }

  void SetState(Entry& entry, State state) {
    held_ += (state == State::kHeld) - (entry.state == State::kHeld);
    entry.state = state;
  }

  static bool IsNews(const Entry& entry, TaskId task, uint32_t enqueue) {
    if (entry.generation != task.generation || entry.state == State::kGone) return false;
    return entry.state == State::kUnknown || IsOlder(entry.enqueue, enqueue);
  }

  [[gnu::noinline]] TaskId EvictFrom(Entry& entry, TaskId newcomer) {
    TaskId former = {newcomer.slot, entry.generation};
    if (entry.state != State::kUnknown && newcomer.IsOlderThan(former)) return {};
    bool was_alive = IsAlive(entry);
    SetState(entry, State::kUnknown);
    entry = Entry{.generation = newcomer.generation};
    usual_runs_[newcomer.slot] = Nanos::Max();
    return was_alive ? former : TaskId::None();
  }

  // A quarter of the way towards the latest run: a task that changes its habits is known after a
  // few.
  void Learn(uint32_t slot, Nanos ran) {
    if (ran <= Nanos::Zero()) return;
    Nanos& usual = usual_runs_[slot];
    usual = usual == Nanos::Max() ? ran : usual + (ran - usual) / 4;
  }

  uint32_t max_tasks_;
  std::vector<Entry> entries_;
  std::vector<Nanos> usual_runs_;
  uint64_t held_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_ENGINE_TASK_TABLE_H_
