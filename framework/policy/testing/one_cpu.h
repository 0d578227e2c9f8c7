// SPDX-License-Identifier: Apache-2.0
//
// OneCpu is a machine of one CPU that drives a policy through long stretches of virtual time, to
// see who gets how much and what always holds. Everything is exact and repeats.
//
//   OneCpu<VruntimePolicy> machine(*VruntimePolicy::Create({}, kLimits), {.limits = kLimits});
//   int hog = machine.Start([] { return Burst{.run = Seconds(1)}; });
//   int napper = machine.Start([] { return Burst{.run = Millis(3), .sleep = Micros(10)}; });
//   machine.RunFor(Seconds(4));
//   EXPECT_GT(machine.Ran(hog), machine.Ran(napper));
//
// What it is, and is not: the policy decides whenever the CPU is free or a task wakes, at no cost
// and nothing is decided ahead; a slice ends at the first tick after it, as on a kernel; a wakeup
// may preempt at once. It is a model to test policies with. For how a machine behaves there is
// framework/sim, and a kernel.

#ifndef SCXX_FRAMEWORK_POLICY_TESTING_ONE_CPU_H_
#define SCXX_FRAMEWORK_POLICY_TESTING_ONE_CPU_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"

namespace scxx {

// What a task does next: run for a while, and then sleep, yield (no sleep), or exit.
struct Burst {
  Nanos run = Micros(1);  // > 0
  Nanos sleep = {};
  bool exit = false;
  std::function<void()> at_end = nullptr;  // called when it has run: to start another task, say
};

struct OneCpuOptions {
  PolicyLimits limits = {.max_tasks = 64, .max_cpus = 1};
  Nanos tick = Millis(1);
  // The slot of the n-th task to live at a time; empty: n.
  std::vector<uint32_t> slots = {};
};

template <Policy P>
class OneCpu : private AffinitySource {
 public:
  // Asked for a task's next burst when it has done the one before.
  using Behaviour = std::function<Burst()>;

  OneCpu(P policy, OneCpuOptions options)
      : options_(std::move(options)),
        policy_(std::move(policy)),
        usual_runs_(options_.limits.max_tasks, Nanos::Max()),
        generations_(options_.limits.max_tasks, 0),
        numbers_(options_.limits.max_tasks, -1) {
    for (uint32_t n = options_.limits.max_tasks; n-- > 0;) {
      free_slots_.push_back(options_.slots.empty() ? n : options_.slots[n]);
    }
    ctx_.cpus = absl::MakeSpan(&cpu_, 1);
    ctx_.affinity = this;
  }
  OneCpu(const OneCpu&) = delete;
  OneCpu& operator=(const OneCpu&) = delete;

  // ---- Tasks, by their number: the order in which they started ----

  int Start(Behaviour behaviour, Weight weight = {}) {
    SCXX_CHECK(!free_slots_.empty(), "more tasks than limits.max_tasks");
    const uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    const int number = tasks();
    numbers_[slot] = number;
    alive_.push_back(number);
    tasks_.push_back({.id = {.slot = slot, .generation = ++generations_[slot]},
                      .behaviour = std::move(behaviour),
                      .weight = weight});
    tasks_[number].burst = tasks_[number].behaviour();
    Queue(number, RunnableReason::kNew);
    Decide();
    return number;
  }
  void SetWeight(int number, Weight weight) {
    Task& task = tasks_[number];
    task.weight = weight;
    ++task.weight_changes;
    if (task.state != State::kQueued) return;  // the next event says so
    policy_.OnWithdrawn(ctx_, {.task = task.id, .reason = WithdrawnReason::kChanged});
    Queue(number, RunnableReason::kRequeue);
    Decide();
  }

  int tasks() const { return static_cast<int>(tasks_.size()); }
  TaskId Id(int number) const { return tasks_[number].id; }
  Weight weight(int number) const { return tasks_[number].weight; }
  int weight_changes(int number) const { return tasks_[number].weight_changes; }
  bool IsQueued(int number) const { return tasks_[number].state == State::kQueued; }
  bool IsRunning(int number) const { return number == running_; }
  bool IsGone(int number) const { return tasks_[number].state == State::kGone; }
  // CPU time of its life, up to now.
  Nanos Ran(int number) const {
    return tasks_[number].ran_total + (number == running_ ? now() - run_began_ : Nanos::Zero());
  }
  // For how long a queued task has waited.
  Nanos Waited(int number) const { return now() - tasks_[number].queued_at; }
  // When it last became runnable after a sleep, or started.
  Instant RunnableSince(int number) const { return tasks_[number].runnable_since; }
  // The longest that it ever waited.
  Nanos LongestWait(int number) const { return tasks_[number].longest_wait; }

  // ---- Time ----

  Instant now() const { return ctx_.now; }
  const P& policy() const { return policy_; }
  // A task began to run: its number and its slice.
  void OnPick(std::function<void(int, Nanos)> observer) { on_pick_ = std::move(observer); }

  void RunFor(Nanos time) { RunUntil(now() + time); }
  void RunUntil(Instant end) {
    while (now() < end) {
      const Instant next = std::min(end, NextEvent());
      ctx_.now = std::max(next, now());
      StopRunningIfDue();
      WakeSleepers();
      Decide();
    }
  }

 private:
  enum class State { kQueued, kRunning, kAsleep, kGone };

  struct Task {
    TaskId id = {};
    Behaviour behaviour = {};
    Weight weight = {};
    int weight_changes = 0;
    State state = State::kAsleep;
    Burst burst = {};  // what remains of it
    Instant asleep_since = {};
    Instant wakes_at = {};
    Instant queued_at = {};
    Instant runnable_since = {};
    Nanos ran_total = {};
    Nanos ran_since_event = {};
    Nanos ran_since_sleep = {};
    Nanos slice_left = {};
    Nanos longest_wait = {};
  };

  CpuSet AllowedCpus(TaskId) const override { return all_; }

  // ---- What happens ----

  Instant NextEvent() const {
    Instant next = Instant() + Nanos::Max();
    if (running_ >= 0) {
      next = std::min(run_began_ + tasks_[running_].burst.run, slice_ends_);
    }
    for (int number : alive_) {
      const Task& task = tasks_[number];
      if (task.state == State::kAsleep) next = std::min(next, task.wakes_at);
    }
    return review_at_ ? std::min(next, std::max(*review_at_, now() + Nanos(1))) : next;
  }

  void StopRunningIfDue() {
    if (running_ < 0) return;
    const bool done = now() - run_began_ >= tasks_[running_].burst.run;
    if (done) return FinishStep(Stop());
    if (now() >= slice_ends_) Queue(Stop(), RunnableReason::kSliceEnd);
  }

  // Takes the running task off the CPU, and books what it ran. Its number.
  int Stop() {
    const int number = std::exchange(running_, -1);
    Task& task = tasks_[number];
    const Nanos ran = now() - run_began_;
    task.ran_total += ran;
    task.ran_since_event += ran;
    task.ran_since_sleep += ran;
    task.burst.run -= ran;
    task.slice_left = std::max(slice_ - ran, Nanos::Zero());
    cpu_ = {.state = CpuView::State::kIdle, .since = now()};
    return number;
  }

  void FinishStep(int number) {
    // What follows may start other tasks, which moves the table.
    const Burst done = tasks_[number].burst;
    if (done.at_end) done.at_end();
    if (done.exit) return Exit(number);
    const Burst next = tasks_[number].behaviour();
    Task& task = tasks_[number];
    task.burst = next;
    SCXX_CHECK_GT(next.run, Nanos::Zero(), "a burst runs");
    if (done.sleep == Nanos::Zero()) return Queue(number, RunnableReason::kYield);
    task.state = State::kAsleep;
    task.asleep_since = now();
    task.wakes_at = now() + done.sleep;
  }

  void Exit(int number) {
    Task& task = tasks_[number];
    task.state = State::kGone;
    policy_.OnGone(ctx_, {.task = task.id});
    free_slots_.push_back(task.id.slot);
    alive_.erase(std::find(alive_.begin(), alive_.end(), number));
  }

  void WakeSleepers() {
    for (int number : alive_) {
      const Task& task = tasks_[number];
      if (task.state == State::kAsleep && task.wakes_at <= now()) {
        Queue(number, RunnableReason::kWakeup);
      }
    }
  }

  // The policy's from here on.
  void Queue(int number, RunnableReason reason) {
    Task& task = tasks_[number];
    const bool woke = reason == RunnableReason::kWakeup;
    if (woke || reason == RunnableReason::kNew) task.runnable_since = now();
    task.state = State::kQueued;
    task.queued_at = now();
    policy_.OnRunnable(
        ctx_, {.task = task.id,
               .reason = reason,
               .prev_cpu = CpuId(0),
               .weight = task.weight,
               .ran = std::exchange(task.ran_since_event, Nanos::Zero()),
               .ran_since_sleep = task.ran_since_sleep,
               .slept = woke ? now() - task.asleep_since : Nanos::Zero(),
               .slice_left = reason == RunnableReason::kPreempted ? task.slice_left : Nanos::Zero(),
               .enqueued_at = now(),
               .pid = static_cast<int32_t>(task.id.slot) + 1});
    if (woke) task.ran_since_sleep = Nanos::Zero();
  }

  // ---- What the policy makes of it ----

  // Asks until it has nothing more to say: a task that is interrupted is news.
  void Decide() {
    for (std::optional<Dispatch> d; (d = Ask());) {
      const int interrupted = running_ >= 0 ? Stop() : -1;
      Run(NumberOf(d->task), d->slice);
      if (interrupted < 0) return;
      const bool done = tasks_[interrupted].burst.run == Nanos::Zero();
      done ? FinishStep(interrupted) : Queue(interrupted, RunnableReason::kPreempted);
    }
  }

  std::optional<Dispatch> Ask() {
    Dispatch decision;
    const bool free = running_ < 0;
    const Room room{.space = free ? 1u : 0u, .free_cpus = free ? 1u : 0u};
    DispatchSink sink(absl::MakeSpan(&decision, 1), Lookahead(Nanos::Zero(), usual_runs_, 1));
    sink.Begin(room, absl::MakeConstSpan(&room, 1));
    policy_.Schedule(ctx_, sink);
    review_at_ = sink.review_at();
    return sink.size() == 0 ? std::nullopt : std::optional(decision);
  }

  int NumberOf(TaskId id) const {
    const int number = numbers_[id.slot];
    SCXX_CHECK(number >= 0 && tasks_[number].id == id, "the policy dispatched an unknown task");
    return number;
  }

  void Run(int number, Nanos slice) {
    Task& task = tasks_[number];
    SCXX_CHECK(task.state == State::kQueued, "the policy dispatched a task that does not wait");
    task.longest_wait = std::max(task.longest_wait, Waited(number));
    task.state = State::kRunning;
    running_ = number;
    slice_ = slice;
    run_began_ = now();
    const Nanos end = run_began_ + slice - Instant();
    slice_ends_ = Instant() + (end + options_.tick - Nanos(1)) / options_.tick * options_.tick;
    cpu_ = {.state = CpuView::State::kRunning, .running = task.id, .since = now()};
    if (on_pick_) on_pick_(number, slice);
  }

  const OneCpuOptions options_;
  const CpuSet all_ = CpuSet::FirstN(1);
  P policy_;
  Context ctx_;
  CpuView cpu_;
  std::vector<Nanos> usual_runs_;
  std::vector<uint32_t> generations_;
  std::vector<uint32_t> free_slots_;  // the next one last
  std::vector<int> numbers_;          // by slot
  std::vector<Task> tasks_;           // by number
  std::vector<int> alive_;            // numbers, in order of their start
  int running_ = -1;
  Nanos slice_;
  Instant run_began_;
  Instant slice_ends_;
  std::optional<Instant> review_at_;
  std::function<void(int, Nanos)> on_pick_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_TESTING_ONE_CPU_H_
