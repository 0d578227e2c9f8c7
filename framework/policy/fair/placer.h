// SPDX-License-Identifier: Apache-2.0
//
// A placer says which waiting task is dispatched next, and to which CPU. There are two:
//
// - OneQueue keeps one order. Tasks go to whichever CPU comes free; those with an affinity to an
//   idle CPU of theirs, or the one they ran on last, and they hold up none that can go elsewhere.
// - ByCache is for machines of several last-level caches. A task belongs to the cache it ran in
//   last (its domain), and goes to a free CPU by name. The order stays one: to a CPU of another
//   domain a task counts as further back, by FairParams::cache_margin or node_margin. So a CPU
//   takes what is first in its own domain, steals what is further ahead, and the nearest if nothing
//   waits there.
//
// With either, nothing is dispatched behind a running task that will be ahead of it at the end of
// its turn.
//
//   placer.Begin(tasks, round);
//   while (const FairCore::Turn turn = placer.Next(tasks, round); turn.task.IsTask()) {
//     Dispatch d = tasks.DispatchOf(round, turn, placer.CpuFor(round, turn, last_cpu));
//     d.movable = placer.Movable(turn);
//     round.sink.Dispatch(d);
//     placer.OnDispatch(d);
//   }
//
// Begin takes time in proportion to the CPUs, a dispatch O(log n) and the CPUs of its affinity. Of
// the sets of CPUs that tasks are restricted to only those with room on some CPU are looked at.
// Nothing allocates but the constructors. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_PLACER_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_PLACER_H_

#include <concepts>
#include <cstdint>
#include <optional>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/cpus/cpu_choice.h"
#include "framework/policy/fair/cpus/cpu_domains.h"
#include "framework/policy/fair/cpus/free_cpus.h"
#include "framework/policy/fair/cpus/open_cpus.h"
#include "framework/policy/fair/fair_tasks.h"
#include "framework/policy/fair/queue/fair_queue.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

// `Tasks` is a FairTasks.
template <typename P, typename Tasks>
concept Placer = requires(P p, const P c, Tasks& tasks, const Round& round,
                          const FairCore::Turn& turn, const Dispatch& dispatch, CpuId cpu) {
  // A round begins.
  { p.Begin(tasks, round) } -> std::same_as<void>;
  // Takes the next task out of the queue; None() if nothing may go now.
  { c.Next(tasks, round) } -> std::same_as<FairCore::Turn>;
  // Where that goes, if it ran on `cpu` last.
  { c.CpuFor(round, turn, cpu) } -> std::same_as<CpuId>;
  // Whether that CPU is a wish: Dispatch::movable.
  { c.Movable(turn) } -> std::same_as<bool>;
  { p.OnDispatch(dispatch) } -> std::same_as<void>;
  // The key of what this CPU, which has nothing to run, is about to take from a queue that is full;
  // nullopt if that is not so.
  { c.KeyAboutToRun(round, cpu) } -> std::same_as<std::optional<Vtime>>;
  // By how much a task must be ahead to leave its home, the first CPU, for the second.
  { c.Margin(cpu, cpu) } -> std::same_as<Nanos>;
};

// Looks at the CPUs for tasks with an affinity, if one waits.
template <typename Tasks>
void LookAtCpus(const Tasks& tasks, const Round& round, OpenCpus* open) {
  tasks.core().any_restricted() ? open->Look(round.ctx, round.sink) : open->Clear();
}

// Whether a task with this key should be dispatched to these CPUs now, one of which has room.
template <typename Tasks>
bool IsItsTurn(Tasks& tasks, const Round& round, const OpenCpus& open, const CpuSet* cpus,
               Vtime key) {
  const bool free = cpus == nullptr ? round.sink.free(CpuId::Any()) : open.HasFree(*cpus);
  return free || !tasks.OneIsBackBefore(round, cpus, key);
}

class OneQueue {
 public:
  template <typename Tasks>
  void Begin(const Tasks& tasks, const Round& round) {
    LookAtCpus(tasks, round, &open_);
  }

  template <typename Tasks>
  FairCore::Turn Next(Tasks& tasks, const Round& round) const {
    if (round.sink.exhausted()) return {};
    const bool room_for_any = !round.sink.full();
    const auto has_room = [&](const CpuSet* cpus) { return cpus != nullptr || room_for_any; };
    const auto its_turn = [&](const CpuSet* cpus, Vtime key) {
      return has_room(cpus) && IsItsTurn(tasks, round, open_, cpus, key);
    };
    return tasks.core().Pick(
        round.ctx.now, round.runnable,
        [&](const FairQueue& queue) { return queue.Oldest(&open_.room(), has_room); },
        [&](const FairQueue& queue) { return queue.First(&open_.room(), its_turn); });
  }

  // Among the CPUs that the task was picked for, one of which has room. Its affinity may be another
  // by now; then the dispatch is refused or outdated.
  CpuId CpuFor(const Round& round, const FairCore::Turn& turn, CpuId last) const {
    if (turn.cpus == nullptr) [[likely]]
      return CpuId::Any();
    return ChooseCpu(round.ctx, round.sink, *turn.cpus, last);
  }
  bool Movable(const FairCore::Turn&) const { return false; }
  void OnDispatch(const Dispatch& d) {
    if (d.cpu == CpuId::Any()) last_key_ = d.order;
    open_.Update(d.cpu);
  }

  // It will take what waits for any CPU.
  std::optional<Vtime> KeyAboutToRun(const Round& round, CpuId cpu) const {
    if (round.sink.congested() && round.sink.free(cpu)) return last_key_;
    return std::nullopt;
  }
  Nanos Margin(CpuId, CpuId) const { return Nanos::Zero(); }

 private:
  Vtime last_key_;  // of the last dispatch to any CPU
  OpenCpus open_;   // during a round
};

class ByCache {
 public:
  ByCache(const FairParams& params, int max_cpus)
      : domains_(max_cpus, params.cache_margin, params.node_margin), free_(max_cpus) {}

  void Adopt(const Topology& topology) { domains_.Adopt(topology); }
  const CpuDomains& domains() const { return domains_; }

  template <typename Tasks>
  void Begin(const Tasks& tasks, const Round& round) {
    free_.Look(round.ctx, round.sink, domains_);
    LookAtCpus(tasks, round, &open_);
  }

  // A task that may go everywhere is the further back, the further the nearest free CPU is from its
  // home.
  template <typename Tasks>
  FairCore::Turn Next(Tasks& tasks, const Round& round) const {
    if (round.sink.exhausted()) return {};
    const auto has_room = [&](const CpuSet* cpus) { return cpus != nullptr || free_.any(); };
    const auto rank = [&](const CpuSet* cpus, uint32_t home, Vtime key) -> std::optional<Vtime> {
      if (cpus != nullptr) {
        return IsItsTurn(tasks, round, open_, cpus, key) ? std::optional(key) : std::nullopt;
      }
      const std::optional<CpuDomains::Distance> distance = free_.DistanceFrom(home);
      return distance ? std::optional(key + domains_.MarginOf(*distance)) : std::nullopt;
    };
    return tasks.core().Pick(
        round.ctx.now, round.runnable,
        [&](const FairQueue& queue) { return queue.Oldest(&open_.room(), has_room); },
        [&](const FairQueue& queue) { return queue.FirstByRank(&open_.room(), rank); });
  }

  CpuId CpuFor(const Round& round, const FairCore::Turn& turn, CpuId last) const {
    if (turn.cpus == nullptr) return free_.NearestTo(domains_.Of(last), last);
    const CpuId cpu = free_.NearestAmong(*turn.cpus, last);
    return cpu.IsCpu() ? cpu : ChooseCpu(round.ctx, round.sink, *turn.cpus, last);
  }
  bool Movable(const FairCore::Turn& turn) const { return turn.cpus == nullptr; }
  void OnDispatch(const Dispatch& d) {
    free_.Update(d.cpu);
    open_.Update(d.cpu);
  }

  // Nothing waits for any CPU.
  std::optional<Vtime> KeyAboutToRun(const Round&, CpuId) const { return std::nullopt; }
  Nanos Margin(CpuId home, CpuId cpu) const {
    return domains_.Margin(domains_.Of(home), domains_.Of(cpu));
  }

 private:
  CpuDomains domains_;
  FreeCpus free_;  // during a round
  OpenCpus open_;  // likewise
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_PLACER_H_
