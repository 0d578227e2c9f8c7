// SPDX-License-Identifier: Apache-2.0
//
// FairTasks is what FairPolicy knows of its tasks: what each has received and where it waits
// (FairCore), how interactive it seems (a model), and what it did since it woke. Events go in;
// placers (placer.h) and Preemption (preemption.h) ask for keys, of tasks that run as well.
//
//   FairTasks<MyModel> tasks(params, limits, MyModel(params, limits));
//   tasks.Enqueue(ctx, runnable);
//   tasks.KeyOf(ctx, ctx.cpus[0])                        // of what runs there, by now
//   sink.Dispatch(tasks.DispatchOf(round, turn, cpu));   // a turn that tasks.core() picked
//
// O(log n) an event; nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_FAIR_TASKS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_FAIR_TASKS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/explanation.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/cpus/cpu_keys.h"
#include "framework/policy/fair/interactivity.h"
#include "framework/policy/policy.h"

namespace scxx {

// One Schedule call.
struct Round {
  const Context& ctx;
  DispatchSink& sink;
  int64_t runnable;  // tasks for each CPU: RunnablePerCpu
};

template <InteractivityModel M>
class FairTasks {
 public:
  FairTasks(const FairParams& params, const PolicyLimits& limits, M model)
      : core_(params, limits),
        model_(std::move(model)),
        seen_(limits.max_tasks),
        returns_(limits.max_cpus) {}

  FairCore& core() { return core_; }
  const FairCore& core() const { return core_; }
  const FairParams& params() const { return core_.params(); }
  const M& model() const { return model_; }

  // A Schedule call begins, with what runs as its context says.
  void BeginRound() { returns_known_ = false; }

  // ---- Events ----

  void Enqueue(const Context& ctx, const TaskRunnable& r) {
    if (!core_.Knows(r.task)) Admit(r);
    core_.Charge(r.task, r.ran);
    const bool reweighted = core_.SetWeight(r.task, r.weight);
    const uint32_t slot = r.task.slot;
    const bool woke = r.reason == RunnableReason::kWakeup;
    const Nanos burst = woke ? Nanos::Zero() : r.ran_since_sleep;
    seen_[slot] = {.burst = burst,
                   .cpu = r.prev_cpu,
                   .preferred = Preferred(ctx, r),
                   .quiet = r.task_class != TaskClass::kNormal};
    model_.Learn(slot, r);
    const std::optional<CpuSet> allowed = ctx.AllowedIf(!r.any_cpu, r.task);
    core_.Insert(r.task, ArrivalOf(r.reason, reweighted),
                 {.now = ctx.now,
                  .penalty = Penalty(slot, r.weight, burst),
                  .credit = seen_[slot].preferred ? params().bound : model_.Credit(slot),
                  .left = r.slice_left,
                  .allowed = allowed ? &*allowed : nullptr,
                  .home = r.prev_cpu});
  }

  void PutBack(const Context& ctx, const TaskRefused& f) {
    const bool restricted = core_.Restricted(f.task) || f.reason == RefusedReason::kNotAllowed;
    Seen& seen = seen_[f.task.slot];
    seen.dispatched.reset();
    const std::optional<CpuSet> allowed = ctx.AllowedIf(restricted, f.task);
    core_.PutBack(f.task, ctx.now, allowed ? &*allowed : nullptr, seen.cpu);
  }

  // Nobody reports what a task ran before it exited: not more than since it was dispatched.
  void Leave(const Context& ctx, TaskId task) {
    const std::optional<Instant> dispatched = seen_[task.slot].dispatched;
    core_.Leave(task, dispatched ? ctx.now - *dispatched : Nanos::Zero());
  }

  // ---- Waiting tasks ----

  // Where it ran last.
  CpuId LastCpu(TaskId task) const { return seen_[task.slot].cpu; }

  // CPU hogs need not overtake each other: which of them runs first can wait for a turn. Nor do
  // SCHED_BATCH and SCHED_IDLE interrupt anybody.
  bool IsUrgent(TaskId waiting) const {
    return !seen_[waiting.slot].quiet &&
           (core_.Rested(waiting) || core_.penalty(waiting) < params().bound);
  }

  // The dispatch of a turn that was picked; what it runs counts from now on.
  scxx::Dispatch DispatchOf(const Round& round, const FairCore::Turn& turn, CpuId cpu) {
    Seen& seen = seen_[turn.task.slot];
    seen.dispatched = round.ctx.now;
    const bool grows = turn.penalty < params().bound && !seen.preferred;
    return {
        .task = turn.task,
        .cpu = cpu,
        .slice = turn.slice,
        .order = turn.key,
        .pace = core_.Pace(turn.task) + (grows ? model_.PenaltyPace(core_.weight(turn.task)) : 0),
        .lead = turn.penalty};
  }

  // ---- Running tasks ----

  // Whether a task runs there that is known, and has not stopped meanwhile.
  bool Runs(const CpuView& view) const {
    return view.state == CpuView::State::kRunning && core_.Knows(view.running) &&
           !core_.Waits(view.running);
  }

  // The rest is for a CPU where one does.

  // Its key, if it were queued now.
  Vtime KeyOf(const Context& ctx, const CpuView& view) const {
    return RunningKey(view.running, RanOn(ctx, view));
  }

  // How long the model wants it not to be interrupted.
  Nanos Protection(const Context& ctx, const CpuView& view) const {
    return model_.Protection(view.running.slot, BurstOf(ctx, view));
  }

  // Whether a task that runs on one of these CPUs (nullptr: on any) will be ahead of `key` when its
  // turn is over. To dispatch the other now would give that turn away: with the next one decided
  // early, two tasks take turns whatever their weights. A task that is likely to sleep before is
  // not waited for.
  bool OneIsBackBefore(const Round& round, const CpuSet* cpus, Vtime key) {
    if (cpus == nullptr && !returns_known_) return AnyIsBackBefore(round, key);
    if (!std::exchange(returns_known_, true)) NoteReturns(round);
    return returns_.OneIsBefore(cpus, key);
  }

  // For --explain. `lag` is what the task is owed, negative if it owes; times but `burst` are
  // virtual. A model may add figures of its own.
  void Explain(TaskId task, Explanation* out) const {
    const Nanos penalty = core_.penalty(task);
    const Vtime v = core_.service(task).v();
    out->waits = core_.Waits(task);
    out->Add("weight", core_.weight(task).load());
    out->Add("burst", seen_[task.slot].burst);
    if constexpr (requires { model_.Explain(task.slot, out); }) model_.Explain(task.slot, out);
    out->Add("penalty", penalty);
    out->Add("lag", core_.clock() - v);
    out->Add("key", (out->waits ? core_.key(task) : v + penalty) - core_.clock());
  }

 private:
  using Arrival = FairCore::Arrival;

  struct Seen {
    Nanos burst = {};                        // run since it woke, as of its last event
    CpuId cpu = {};                          // where it ran last
    std::optional<Instant> dispatched = {};  // since its last event
    bool preferred = false;                  // see FairParams::percpu_local
    bool quiet = false;                      // not of TaskClass::kNormal
  };

  void Admit(const TaskRunnable& r) {
    core_.Enter(r.task, r.weight);
    model_.Enter(r.task.slot);
  }

  bool Preferred(const Context& ctx, const TaskRunnable& r) const {
    return params().percpu_local && !r.any_cpu && ctx.Allowed(r.task).size() == 1;
  }

  static Arrival ArrivalOf(RunnableReason reason, bool reweighted) {
    switch (reason) {
      case RunnableReason::kNew:
      case RunnableReason::kWakeup:
        return Arrival::kRested;
      case RunnableReason::kPreempted:
        // What is left of a slice was measured for the former weight.
        return reweighted ? Arrival::kTurnOver : Arrival::kInterrupted;
      default:
        return Arrival::kTurnOver;
    }
  }

  Nanos Penalty(uint32_t slot, Weight weight, Nanos burst) const {
    return seen_[slot].preferred ? Nanos::Zero() : model_.Penalty(slot, weight, burst);
  }

  static Nanos RanOn(const Context& ctx, const CpuView& view) {
    return std::max(ctx.now - view.since, Nanos::Zero());
  }

  Nanos BurstOf(const Context& ctx, const CpuView& view) const {
    return seen_[view.running.slot].burst + RanOn(ctx, view);
  }

  // The key of a running task once it has run for `ran` in this turn.
  Vtime RunningKey(TaskId task, Nanos ran) const {
    const Nanos burst = seen_[task.slot].burst + ran;
    return core_.RunningKey(task, ran, Penalty(task.slot, core_.weight(task), burst));
  }

  Vtime KeyAfterTurn(const Context& ctx, const CpuView& view, int64_t runnable) const {
    const Nanos turn = SliceFor(params(), core_.weight(view.running), runnable);
    return RunningKey(view.running, std::max(RanOn(ctx, view), turn));
  }

  bool ComesBack(const Context& ctx, const CpuView& view) const {
    return Runs(view) && BurstOf(ctx, view) >= params().slice_min;
  }

  // The first one found is answer enough, and mostly there is no second question.
  bool AnyIsBackBefore(const Round& round, Vtime key) const {
    const auto is_back_before = [&](const CpuView& view) {
      return ComesBack(round.ctx, view) &&
             KeyAfterTurn(round.ctx, view, round.runnable).Before(key);
    };
    return std::any_of(round.ctx.cpus.begin(), round.ctx.cpus.end(), is_back_before);
  }

  // For many sets of CPUs, what runs is looked at once in a round.
  void NoteReturns(const Round& round) {
    const Context& ctx = round.ctx;
    returns_.Clear();
    for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
      const CpuView& view = ctx.cpus[i];
      if (ComesBack(ctx, view)) returns_.Set(CpuId(i), KeyAfterTurn(ctx, view, round.runnable));
    }
  }

  FairCore core_;
  M model_;
  std::vector<Seen> seen_;  // by slot
  CpuKeys returns_;         // when what runs will be back; in a round, once somebody has asked
  bool returns_known_ = false;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_FAIR_TASKS_H_
