// SPDX-License-Identifier: Apache-2.0
//
// FairPolicy is a policy (policy.h) made of FairCore and a model of interactivity: it turns events
// into charges and insertions, and picks into dispatches and preemptions. A complete scheduler is
// this and a model; schedulers/vruntime shows how little that is.
//
//   class MyPolicy : public FairPolicy<MyModel> {
//    public:
//     static constexpr std::string_view kName = "mine";
//     static constexpr bool kWakeupPreemption = true;
//     MyPolicy(const FairParams& params, const PolicyLimits& limits)
//         : FairPolicy(params, limits, MyModel(params, limits)) {}
//   };
//
// What it does
// ------------
// - Every event's `ran` is charged, at the weight at which it ran: wherever and whoever dispatched.
// - Tasks go in the order of FairCore, to whichever CPU comes free; those with an affinity to an
//   idle CPU of theirs, or the one they ran on last, and they hold up none that can go elsewhere.
// - On a machine of several last-level caches a task belongs to the cache it ran in last (its
//   domain), and goes to a free CPU by name. The order stays one: to a CPU of another domain a task
//   counts as further back, by FairParams::cache_margin or node_margin. So a CPU takes what is
//   first in its own domain, steals what is further ahead, and the nearest if nothing waits there.
// - Nothing is dispatched behind a running task that will be ahead of it at the end of its turn.
// - With FairParams::percpu_local a task that may use one CPU only has no penalty and the largest
//   credit, whatever the model says: others can go around it, it can go around nobody.
// - A task that woke or is new, and waits although it is ahead of a running one by more than
//   FairParams::margin, interrupts that one: of those it may interrupt, the one furthest behind.
//   A model may protect a task that is about to finish, and a CPU is interrupted only once in
//   FairParams::gap: then the question is asked again when that time is over.
//
// Nothing allocates but the constructor. An event costs O(log n); a Schedule call O(CPUs), and
// O(log n) a dispatch.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/explanation.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/cpus/cpu_choice.h"
#include "framework/policy/fair/cpus/cpu_domains.h"
#include "framework/policy/fair/cpus/free_cpus.h"
#include "framework/policy/fair/interactivity.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

template <InteractivityModel M>
class FairPolicy {
 public:
  // The model changes the order, and never the shares.
  static constexpr bool kWeightedShares = true;

  FairPolicy(const FairParams& params, const PolicyLimits& limits, M model)
      : core_(params, limits),
        model_(std::move(model)),
        domains_(limits.max_cpus, params.cache_margin, params.node_margin),
        free_(limits.max_cpus),
        seen_(limits.max_tasks),
        interruptions_(static_cast<size_t>(limits.max_cpus)) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    if (ctx.topology != topology_) [[unlikely]]
      Adopt(ctx.topology);
    if (!core_.Knows(r.task)) Admit(r);
    core_.Charge(r.task, r.ran);
    const bool reweighted = core_.SetWeight(r.task, r.weight);
    const uint32_t slot = r.task.slot;
    const bool woke = r.reason == RunnableReason::kWakeup;
    const Nanos burst = woke ? Nanos::Zero() : r.ran_since_sleep;
    seen_[slot] = {.burst = burst, .cpu = r.prev_cpu, .preferred = Preferred(ctx, r)};
    model_.Learn(slot, r);
    core_.Insert(r.task, ArrivalOf(r.reason, reweighted),
                 {.now = ctx.now,
                  .penalty = Penalty(slot, r.weight, burst),
                  .credit = seen_[slot].preferred ? core_.params().bound : model_.Credit(slot),
                  .left = r.slice_left,
                  .allowed = r.any_cpu ? nullptr : &ctx.Allowed(r.task),
                  .home = r.prev_cpu,
                  .domain = HomeOf(slot)});
  }

  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { core_.Remove(w.task); }
  void OnGone(const Context& ctx, const TaskGone& g) { core_.Leave(g.task, LastRun(ctx, g.task)); }

  void OnRefused(const Context& ctx, const TaskRefused& f) {
    const bool restricted = core_.Restricted(f.task) || f.reason == RefusedReason::kNotAllowed;
    seen_[f.task.slot].dispatched.reset();
    core_.PutBack(f.task, ctx.now, restricted ? &ctx.Allowed(f.task) : nullptr,
                  HomeOf(f.task.slot));
  }

  void Schedule(const Context& ctx, DispatchSink& sink) {
    if (core_.empty()) return;
    const int64_t runnable = RunnablePerCpu(ctx, core_.size());
    domains_.several() ? DispatchByDomain(ctx, sink, runnable)
                       : DispatchInOrder(ctx, sink, runnable);
    if (!core_.empty()) PreemptRunning(ctx, sink, runnable);
    sink.Publish({.floor = core_.clock() - core_.params().bound, .margin = core_.params().margin});
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

  // For tests and tools.
  const FairCore& core() const { return core_; }
  const M& model() const { return model_; }

 private:
  using Arrival = FairCore::Arrival;

  struct Seen {
    Nanos burst = {};                        // run since it woke, as of its last event
    CpuId cpu = {};                          // where it ran last
    std::optional<Instant> dispatched = {};  // since its last event
    bool preferred = false;                  // see percpu_local
  };

  struct Interruption {
    TaskId victim = {};
    Instant at = {};
  };

  void Admit(const TaskRunnable& r) {
    core_.Enter(r.task, r.weight);
    model_.Enter(r.task.slot);
  }

  bool Preferred(const Context& ctx, const TaskRunnable& r) const {
    return core_.params().percpu_local && !r.any_cpu && ctx.Allowed(r.task).size() == 1;
  }

  Nanos Penalty(uint32_t slot, Weight weight, Nanos burst) const {
    return seen_[slot].preferred ? Nanos::Zero() : model_.Penalty(slot, weight, burst);
  }

  void Adopt(const Topology* topology) {
    topology_ = topology;
    if (topology == nullptr || !core_.params().domains) return;
    SCXX_CHECK(core_.empty(), "the machine changed while tasks wait");
    domains_.Adopt(*topology);
    core_.SetDomains(domains_.count(), domains_.widest_margin());
  }

  // The domain in which a task ran last.
  uint32_t HomeOf(uint32_t slot) const {
    return domains_.several() ? domains_.Of(seen_[slot].cpu) : 0;
  }

  // Nobody reports what a task ran before it exited: not more than since it was dispatched.
  Nanos LastRun(const Context& ctx, TaskId task) const {
    const std::optional<Instant> dispatched = seen_[task.slot].dispatched;
    return dispatched ? ctx.now - *dispatched : Nanos::Zero();
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

  // ---- Dispatch ----

  void DispatchInOrder(const Context& ctx, DispatchSink& sink, int64_t runnable) {
    const auto may_go = [&](const CpuSet* cpus, std::optional<Vtime> key = std::nullopt) {
      return key ? IsItsTurn(ctx, sink, cpus, *key, runnable) : HasRoom(ctx, sink, cpus);
    };
    while (!core_.empty()) {
      const FairCore::Turn turn = core_.Pick(ctx.now, runnable, may_go);
      if (!turn.task.IsTask()) return;
      const CpuId cpu = CpuFor(ctx, sink, turn);
      if (cpu == CpuId::Any()) common_key_ = turn.key;
      seen_[turn.task.slot].dispatched = ctx.now;
      sink.Dispatch(DispatchOf(turn, cpu, false));
    }
  }

  // With several domains: to free CPUs, by name. A task is the further back, the further the
  // nearest free CPU is from its home. Those with an affinity go as above.
  void DispatchByDomain(const Context& ctx, DispatchSink& sink, int64_t runnable) {
    free_.Look(ctx, sink, domains_);
    const auto may_go = [&](const CpuSet* cpus) {
      return cpus == nullptr ? free_.any() : HasRoom(ctx, sink, cpus);
    };
    const auto rank = [&](const CpuSet* cpus, uint32_t home, Vtime key) -> std::optional<Vtime> {
      if (cpus != nullptr) {
        return IsItsTurn(ctx, sink, cpus, key, runnable) ? std::optional(key) : std::nullopt;
      }
      const std::optional<CpuDomains::Distance> distance = free_.DistanceFrom(home, domains_);
      return distance ? std::optional(key + domains_.MarginOf(*distance)) : std::nullopt;
    };
    while (!core_.empty() && !sink.exhausted()) {
      const FairCore::Turn turn = core_.PickByRank(ctx.now, runnable, may_go, rank);
      if (!turn.task.IsTask()) return;
      const CpuId cpu = NearCpuFor(ctx, sink, turn);
      seen_[turn.task.slot].dispatched = ctx.now;
      scxx::Dispatch dispatch = DispatchOf(turn, cpu, false);
      dispatch.movable = turn.cpus == nullptr;
      sink.Dispatch(dispatch);
      free_.Update(sink, cpu, domains_);
    }
  }

  CpuId NearCpuFor(const Context& ctx, const DispatchSink& sink, const FairCore::Turn& turn) const {
    const CpuId last = seen_[turn.task.slot].cpu;
    if (turn.cpus == nullptr) return free_.NearestTo(domains_.Of(last), last, domains_);
    const CpuId cpu = free_.NearestAmong(*turn.cpus, last, domains_);
    return cpu.IsCpu() ? cpu : ChooseCpu(ctx, sink, *turn.cpus, last);
  }

  scxx::Dispatch DispatchOf(const FairCore::Turn& turn, CpuId cpu, bool preempt) const {
    const bool grows = turn.penalty < core_.params().bound && !seen_[turn.task.slot].preferred;
    return {
        .task = turn.task,
        .cpu = cpu,
        .slice = turn.slice,
        .order = turn.key,
        .preempt = preempt,
        .pace = core_.Pace(turn.task) + (grows ? model_.PenaltyPace(core_.weight(turn.task)) : 0),
        .lead = turn.penalty};
  }

  // Among the CPUs that the task was picked for, one of which has room. Its affinity may be another
  // by now; then the dispatch is refused or outdated.
  CpuId CpuFor(const Context& ctx, const DispatchSink& sink, const FairCore::Turn& turn) const {
    if (turn.cpus == nullptr) [[likely]]
      return CpuId::Any();
    return ChooseCpu(ctx, sink, *turn.cpus, seen_[turn.task.slot].cpu);
  }

  // Whether a task with this key should be dispatched to these CPUs now.
  bool IsItsTurn(const Context& ctx, const DispatchSink& sink, const CpuSet* cpus, Vtime key,
                 int64_t runnable) const {
    return HasRoom(ctx, sink, cpus) &&
           (HasFreeCpu(ctx, sink, cpus) || !OneIsBackBefore(ctx, cpus, key, runnable));
  }

  // Whether a task that runs on one of these CPUs (nullptr: on any) will be ahead of `key` when its
  // turn is over. To dispatch the other now would give that turn away: with the next one decided
  // early, two tasks take turns whatever their weights. A task that is likely to sleep before is
  // not waited for.
  bool OneIsBackBefore(const Context& ctx, const CpuSet* cpus, Vtime key, int64_t runnable) const {
    for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
      const CpuView& view = ctx.cpus[i];
      if (cpus != nullptr && !cpus->Contains(CpuId(i))) continue;
      if (view.state != CpuView::State::kRunning || !core_.Knows(view.running)) continue;
      if (core_.Waits(view.running)) continue;
      if (seen_[view.running.slot].burst + RanOn(ctx, view) < core_.params().slice_min) continue;
      if (KeyAfterTurn(ctx, view, runnable).Before(key)) return true;
    }
    return false;
  }

  Vtime KeyAfterTurn(const Context& ctx, const CpuView& view, int64_t runnable) const {
    const Nanos turn = SliceFor(core_.params(), core_.weight(view.running), runnable);
    return RunningKey(view.running, std::max(RanOn(ctx, view), turn));
  }

  // ---- Preemption ----

  void PreemptRunning(const Context& ctx, DispatchSink& sink, int64_t runnable) {
    CpuId cpu;
    Vtime key;
    core_.TakeUrgent(
        runnable,
        [&](TaskId waiting, const CpuSet* cpus) {
          if (sink.exhausted() || !IsUrgent(waiting)) return false;
          key = core_.key(waiting);
          cpu = FindVictim(ctx, sink, waiting, key, cpus);
          return cpu.IsCpu();
        },
        [&](const FairCore::Turn& turn) { Interrupt(ctx, sink, turn, key, cpu); });
  }

  // CPU hogs need not overtake each other: which of them runs first can wait for a turn.
  bool IsUrgent(TaskId waiting) const {
    return core_.Rested(waiting) || core_.penalty(waiting) < core_.params().bound;
  }

  // A CPU that is free although there is no room for it: it will take what waits for any CPU.
  static bool TakesCommon(const DispatchSink& sink, CpuId cpu) {
    return sink.congested() && sink.free(cpu);
  }

  // The CPU whose task is furthest behind `waiting`, which has this key, and may be interrupted, or
  // None(). What the CPU is about to take counts as its task; to overtake that interrupts nobody.
  CpuId FindVictim(const Context& ctx, DispatchSink& sink, TaskId waiting, Vtime key,
                   const CpuSet* cpus) const {
    const bool may_interrupt = core_.Rested(waiting);
    CpuId best = CpuId::None();
    Vtime furthest;
    for (int i = 0; i < static_cast<int>(ctx.cpus.size()); ++i) {
      const CpuId cpu(i);
      if (cpus != nullptr && !cpus->Contains(cpu)) continue;
      const bool free = TakesCommon(sink, cpu);
      if (!free && !(may_interrupt && RunsOurs(ctx.cpus[i], cpu))) continue;
      const Vtime running_key = free ? common_key_ : KeyToBeat(ctx, waiting, cpu);
      if (!core_.Beats(key, running_key)) continue;
      if (best.IsCpu() && !furthest.Before(running_key)) continue;
      const Nanos wait = free ? Nanos::Zero() : Protection(ctx, cpu);
      if (wait > Nanos::Zero()) {
        sink.ReviewAt(ctx.now + wait);
      } else {
        best = cpu;
        furthest = running_key;
      }
    }
    return best;
  }

  // A task that is known, and not one that is being interrupted already or has stopped meanwhile.
  bool RunsOurs(const CpuView& view, CpuId cpu) const {
    if (view.state != CpuView::State::kRunning || !core_.Knows(view.running)) return false;
    const Interruption& last = interruptions_[cpu.value()];
    return !(last.victim == view.running && view.since <= last.at) && !core_.Waits(view.running);
  }

  static Nanos RanOn(const Context& ctx, const CpuView& view) {
    return std::max(ctx.now - view.since, Nanos::Zero());
  }

  // The key of a running task once it has run for `ran` in this turn.
  Vtime RunningKey(TaskId task, Nanos ran) const {
    const Nanos burst = seen_[task.slot].burst + ran;
    return core_.RunningKey(task, ran, Penalty(task.slot, core_.weight(task), burst));
  }

  // The key of what runs there, as a task sees it that may have to leave its domain for it.
  Vtime KeyToBeat(const Context& ctx, TaskId waiting, CpuId cpu) const {
    const CpuView& view = ctx.cpus[cpu.value()];
    const Vtime key = RunningKey(view.running, RanOn(ctx, view));
    return key - domains_.Margin(HomeOf(waiting.slot), domains_.Of(cpu));
  }

  // How long that CPU should not be interrupted.
  Nanos Protection(const Context& ctx, CpuId cpu) const {
    const CpuView& view = ctx.cpus[cpu.value()];
    const uint32_t slot = view.running.slot;
    const Interruption& last = interruptions_[cpu.value()];
    const Nanos gap = last.victim.IsTask() ? last.at + core_.params().gap - ctx.now : Nanos::Zero();
    return std::max(gap, model_.Protection(slot, seen_[slot].burst + RanOn(ctx, view)));
  }

  void Interrupt(const Context& ctx, DispatchSink& sink, const FairCore::Turn& turn, Vtime key,
                 CpuId cpu) {
    seen_[turn.task.slot].dispatched = ctx.now;
    if (!TakesCommon(sink, cpu)) {
      const TaskId victim = ctx.cpus[cpu.value()].running;
      core_.Interrupt(victim, key);
      interruptions_[cpu.value()] = {.victim = victim, .at = ctx.now};
    }
    sink.Dispatch(DispatchOf(turn, cpu, true));
  }

  FairCore core_;
  M model_;
  const Topology* topology_ = nullptr;
  CpuDomains domains_;
  FreeCpus free_;                            // during a Schedule
  std::vector<Seen> seen_;                   // by slot
  std::vector<Interruption> interruptions_;  // by CPU
  Vtime common_key_;                         // of the last dispatch to any CPU
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_H_
