// SPDX-License-Identifier: Apache-2.0
//
// FairPolicy is a policy (policy.h) made of FairCore and a model of interactivity. A complete
// scheduler is this and a model; schedulers/vruntime shows how little that is.
//
//   class MyPolicy : public FairPolicy<MyModel> {
//    public:
//     static constexpr char kName[] = "mine";
//     static constexpr bool kWakeupPreemption = true;
//     MyPolicy(const FairParams& params, const PolicyLimits& limits)
//         : FairPolicy(params, limits, MyModel(params, limits)) {}
//   };
//
// Events go in: every event's `ran` is charged, at the weight at which it ran, wherever and whoever
// dispatched. Decisions come out of two classes:
//
// - a placer (placer.h) dispatches in the order of FairCore, as far as there is room: OneQueue, or
//   ByCache on a machine of several last-level caches;
// - Preemption (preemption.h) dispatches what need not wait for a turn to end.
//
// With FairParams::percpu_local a task that may use one CPU only has no penalty and the largest
// credit, whatever the model says: others can go around it, it can go around nobody.
//
// Nothing allocates but the constructor. An event costs O(log n); a Schedule call O(CPUs), and a
// dispatch O(log n) and a look at each set of CPUs that tasks with an affinity may use and that has
// room. Sets without room cost nothing.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_H_

#include <utility>

#include "framework/base/check.h"
#include "framework/base/task_id.h"
#include "framework/policy/explanation.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/cpus/cpu_choice.h"
#include "framework/policy/fair/fair_tasks.h"
#include "framework/policy/fair/interactivity.h"
#include "framework/policy/fair/placer.h"
#include "framework/policy/fair/preemption.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

template <InteractivityModel M>
class FairPolicy {
 public:
  // The model changes the order, and never the shares.
  static constexpr bool kWeightedShares = true;

  FairPolicy(const FairParams& params, const PolicyLimits& limits, M model)
      : tasks_(params, limits, std::move(model)),
        by_cache_(params, limits.max_cpus),
        preemption_(limits.max_cpus) {}

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    if (ctx.topology != topology_) [[unlikely]]
      Adopt(ctx.topology);
    tasks_.Enqueue(ctx, r);
  }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { tasks_.core().Remove(w.task); }
  void OnGone(const Context& ctx, const TaskGone& g) { tasks_.Leave(ctx, g.task); }
  void OnRefused(const Context& ctx, const TaskRefused& f) { tasks_.PutBack(ctx, f); }

  void Schedule(const Context& ctx, DispatchSink& sink) {
    if (core().empty()) return;
    const Round round = {ctx, sink, RunnablePerCpu(ctx, core().size())};
    tasks_.BeginRound();
    by_cache_.domains().several() ? Decide(by_cache_, round) : Decide(one_queue_, round);
    sink.Publish(
        {.floor = core().clock() - core().params().bound, .margin = core().params().margin});
  }

  // For --explain: see FairTasks.
  void Explain(TaskId task, Explanation* out) const { tasks_.Explain(task, out); }

  // For tests and tools.
  const FairCore& core() const { return tasks_.core(); }
  const M& model() const { return tasks_.model(); }

 private:
  void Adopt(const Topology* topology) {
    topology_ = topology;
    if (topology == nullptr || !core().params().domains) return;
    SCXX_CHECK(core().empty(), "the machine changed while tasks wait");
    by_cache_.Adopt(*topology);
    const CpuDomains& domains = by_cache_.domains();
    tasks_.core().SetDomains(domains.by_cpu(), domains.widest_margin());
  }

  template <Placer<FairTasks<M>> P>
  void Decide(P& placer, const Round& round) {
    placer.Begin(tasks_, round);
    while (!core().empty()) {
      const FairCore::Turn turn = placer.Next(tasks_, round);
      if (!turn.task.IsTask()) break;
      const CpuId cpu = placer.CpuFor(round, turn, tasks_.LastCpu(turn.task));
      Dispatch dispatch = tasks_.DispatchOf(round, turn, cpu);
      dispatch.movable = placer.Movable(turn);
      round.sink.Dispatch(dispatch);
      placer.OnDispatch(dispatch);
    }
    if (!core().empty()) preemption_.Run(tasks_, placer, round);
  }

  FairTasks<M> tasks_;
  const Topology* topology_ = nullptr;
  OneQueue one_queue_;
  ByCache by_cache_;
  Preemption preemption_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_FAIR_POLICY_H_
