// SPDX-License-Identifier: Apache-2.0
//
// The policy that docs/policy_author_guide.md writes step by step: CPU in proportion to weight, by
// virtual time, with affinity and preemption by wakeups. A policy to read, not to run: for that
// take schedulers/vruntime, which is the same idea with its corners seen to.

#ifndef SCXX_DOCS_EXAMPLES_WEIGHTED_POLICY_H_
#define SCXX_DOCS_EXAMPLES_WEIGHTED_POLICY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/queue/fair_queue.h"
#include "framework/policy/policy.h"

namespace scxx {

class WeightedPolicy {
 public:
  static constexpr char kName[] = "weighted";
  static constexpr bool kWakeupPreemption = true;

  explicit WeightedPolicy(const PolicyLimits& limits) : queue_(limits), tasks_(limits.max_tasks) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    Charge(r);
    tasks_[r.task.slot].woke = r.reason == RunnableReason::kWakeup;
    tasks_[r.task.slot].interrupted = false;
    Enqueue(ctx, r.task, !r.any_cpu);
  }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { queue_.Remove(w.task.slot); }
  void OnGone(const Context&, const TaskGone& g) {
    queue_.Remove(g.task.slot);
    tasks_[g.task.slot] = {};
  }
  void OnRefused(const Context& ctx, const TaskRefused& f) { Enqueue(ctx, f.task, true); }

  void Schedule(const Context& ctx, DispatchSink& sink) {
    DispatchInOrder(ctx, sink);
    Preempt(ctx, sink);
  }

 private:
  static constexpr Nanos kSlice = Millis(3);
  // How far behind the others a task may start that slept long.
  static constexpr Nanos kCredit = Millis(6);
  // A woken task interrupts one that is ahead of it by more.
  static constexpr Nanos kMargin = Millis(1);

  struct Task {
    TaskId id = {};
    Weight weight = {};
    Vtime service = {};  // CPU time it received, divided by its weight
    bool woke = false;
    bool interrupted = false;  // and not seen since
  };

  void Charge(const TaskRunnable& r) {
    Task& task = tasks_[r.task.slot];
    if (task.id != r.task) task = {.id = r.task, .weight = r.weight, .service = clock_};
    task.service += ToVirtual(r.ran, task.weight);  // at the weight at which it ran
    task.weight = r.weight;
    const Vtime earliest = clock_ - kCredit;
    if (task.service.Before(earliest)) task.service = earliest;
  }

  void Enqueue(const Context& ctx, TaskId id, bool restricted) {
    const std::optional<CpuSet> allowed = ctx.AllowedIf(restricted, id);
    queue_.Insert(id.slot, {.key = tasks_[id.slot].service,
                            .since = ctx.now,
                            .allowed = allowed ? &*allowed : nullptr});
  }

  // The least served first, passing over tasks whose CPUs are taken.
  void DispatchInOrder(const Context& ctx, DispatchSink& sink) {
    const auto may_go = [&](const CpuSet* allowed) {
      return ChooseCpu(ctx, sink, allowed) != kNone;
    };
    for (uint32_t slot; (slot = queue_.First(may_go)) != FairQueue::kNone;) {
      const CpuId cpu = ChooseCpu(ctx, sink, queue_.cpus(slot));
      Take(slot);
      sink.Dispatch({.task = tasks_[slot].id, .cpu = cpu, .slice = kSlice});
    }
  }

  // Where a task with these CPUs can go now: wherever there is room, or an idle CPU of its own
  // before a busy one; None() if all have enough to do.
  static CpuId ChooseCpu(const Context& ctx, const DispatchSink& sink, const CpuSet* allowed) {
    if (allowed == nullptr) return sink.full() ? kNone : CpuId::Any();
    CpuId best = kNone;
    for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
      const CpuId cpu(i);
      if (ctx.cpus[i].state == CpuView::State::kOffline) continue;
      if (!allowed->Contains(cpu) || sink.full(cpu)) continue;
      if (ctx.cpus[i].state == CpuView::State::kIdle) return cpu;
      if (best == kNone) best = cpu;
    }
    return best;
  }

  // Unqueues a task that runs next. The clock is the service of whoever started last.
  void Take(uint32_t slot) {
    queue_.Remove(slot);
    if (clock_.Before(tasks_[slot].service)) clock_ = tasks_[slot].service;
  }

  // A task that woke, and waits although it is far behind a running one, takes its CPU.
  void Preempt(const Context& ctx, DispatchSink& sink) {
    queue_.ForEachFirst([&](uint32_t slot) {
      const CpuId cpu = tasks_[slot].woke ? Victim(ctx, slot) : kNone;
      if (cpu == kNone || sink.exhausted()) return false;
      Take(slot);
      sink.Dispatch({.task = tasks_[slot].id, .cpu = cpu, .slice = kSlice, .preempt = true});
      tasks_[ctx.cpus[cpu.value()].running.slot].interrupted = true;
      return true;
    });
  }

  // The CPU whose task is furthest ahead of this one, and by more than kMargin.
  CpuId Victim(const Context& ctx, uint32_t slot) const {
    CpuId best = kNone;
    Vtime furthest = tasks_[slot].service + kMargin;
    for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
      const CpuView& view = ctx.cpus[i];
      const CpuSet* const allowed = queue_.cpus(slot);
      if (view.state != CpuView::State::kRunning) continue;
      if (allowed != nullptr && !allowed->Contains(CpuId(i))) continue;
      const Task& running = tasks_[view.running.slot];
      if (running.id != view.running || running.interrupted) continue;
      const Vtime by_now = running.service + ToVirtual(ctx.now - view.since, running.weight);
      if (!furthest.Before(by_now)) continue;
      furthest = by_now;
      best = CpuId(i);
    }
    return best;
  }

  static constexpr CpuId kNone = CpuId::None();

  Vtime clock_;
  FairQueue queue_;
  std::vector<Task> tasks_;  // by slot
};
static_assert(Policy<WeightedPolicy>);

}  // namespace scxx

#endif  // SCXX_DOCS_EXAMPLES_WEIGHTED_POLICY_H_
