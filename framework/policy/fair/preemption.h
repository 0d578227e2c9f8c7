// SPDX-License-Identifier: Apache-2.0
//
// Preemption dispatches the tasks that need not wait for a turn to end. A task that woke or is new,
// and waits although it is ahead of a running one by more than FairParams::margin, interrupts that
// one: of those it may interrupt, the one furthest behind. A model may protect a task that is about
// to finish, and a CPU is interrupted only once in FairParams::gap; in both cases the question is
// asked again when that time is over.
//
//   Preemption preemption(limits.max_cpus);
//   preemption.Run(tasks, placer, round);     // after the placer has dispatched what it could
//
// O(CPUs), and where tasks with an affinity wait a look at each set of CPUs in use. A set's CPUs
// are looked at only as far as the task that is first of all that wait may interrupt them: mostly
// none. Nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_PREEMPTION_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_PREEMPTION_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/fair/core/fair_core.h"
#include "framework/policy/fair/fair_tasks.h"
#include "framework/policy/fair/placer.h"
#include "framework/policy/policy.h"

namespace scxx {

class Preemption {
 public:
  explicit Preemption(int max_cpus)
      : last_(static_cast<size_t>(max_cpus)), all_(CpuSet::FirstN(max_cpus)) {}

  // `Tasks` is a FairTasks.
  template <typename Tasks, Placer<Tasks> P>
  void Run(Tasks& tasks, const P& placer, const Round& round) {
    Waiting waiting;
    Victim victim;
    const CpuSet& behind = WorthALook(tasks, placer, round);
    tasks.core().TakeUrgent(
        round.runnable, behind,
        [&](TaskId task, const CpuSet* cpus) {
          if (round.sink.exhausted() || !tasks.IsUrgent(task)) return false;
          waiting = {.task = task, .key = tasks.core().key(task), .cpus = cpus};
          victim = FindVictim(tasks, placer, round, behind, waiting);
          return victim.cpu.IsCpu();
        },
        [&](const FairCore::Turn& turn) {
          if (victim.runs) Interrupt(tasks, round, victim.cpu, waiting.key);
          Dispatch dispatch = tasks.DispatchOf(round, turn, victim.cpu);
          dispatch.preempt = true;
          round.sink.Dispatch(dispatch);
        });
  }

 private:
  struct Waiting {
    TaskId task = {};
    Vtime key = {};
    const CpuSet* cpus = nullptr;
  };

  struct Victim {
    CpuId cpu = CpuId::None();
    bool runs = false;  // a task of ours; else the CPU is free
    Vtime key = {};     // as the waiting task sees it
  };

  struct Interruption {
    TaskId victim = {};
    Instant at = {};
  };

  // Of tasks with an affinity there can be many sets, and so the CPUs are found first that matter.
  template <typename Tasks, typename P>
  const CpuSet& WorthALook(Tasks& tasks, const P& placer, const Round& round) {
    if (!tasks.core().any_restricted()) return all_;
    behind_.Clear();
    if (tasks.core().AnyFirst([&](TaskId task) { return tasks.IsUrgent(task); })) {
      FindBehind(tasks, placer, round);
    }
    return behind_;
  }

  // The CPUs whose task is behind the first one of all that wait. No other overtakes more. Who that
  // is need be found only if a bound of its key is ahead of some CPU's.
  template <typename Tasks, typename P>
  void FindBehind(Tasks& tasks, const P& placer, const Round& round) {
    AddBehind(tasks, placer, round, tasks.core().KeyBound());
    if (behind_.empty()) return;
    behind_.Clear();
    AddBehind(tasks, placer, round, tasks.core().key(tasks.core().First()));
  }

  template <typename Tasks, typename P>
  void AddBehind(const Tasks& tasks, const P& placer, const Round& round, Vtime first) {
    for (int i = 0; i < static_cast<int>(round.ctx.cpus.size()); ++i) {
      const std::optional<Vtime> key = KeyOn(tasks, placer, round, CpuId(i));
      if (key && tasks.core().Beats(first, *key)) behind_.Add(CpuId(i));
    }
  }

  // Of what the CPU is about to take, or runs.
  template <typename Tasks, typename P>
  std::optional<Vtime> KeyOn(const Tasks& tasks, const P& placer, const Round& round,
                             CpuId cpu) const {
    const std::optional<Vtime> next = placer.KeyAboutToRun(round, cpu);
    const CpuView& view = round.ctx.cpus[cpu.value()];
    if (next || !tasks.Runs(view)) return next;
    return tasks.KeyOf(round.ctx, view);
  }

  // The CPU whose task is furthest behind and may be interrupted, or None(). What the CPU is about
  // to take counts as its task; to overtake that interrupts nobody.
  template <typename Tasks, typename P>
  Victim FindVictim(const Tasks& tasks, const P& placer, const Round& round, const CpuSet& behind,
                    const Waiting& waiting) const {
    Victim best;
    const CpuSet& cpus = waiting.cpus != nullptr ? *waiting.cpus : behind;
    behind.ForEachCommon(cpus, static_cast<int>(round.ctx.cpus.size()), [&](CpuId cpu) {
      const Victim victim = VictimOn(tasks, placer, round, waiting.task, cpu);
      if (!victim.cpu.IsCpu() || !tasks.core().Beats(waiting.key, victim.key)) return;
      if (best.cpu.IsCpu() && !best.key.Before(victim.key)) return;
      const Nanos wait = victim.runs ? Protection(tasks, round.ctx, cpu) : Nanos::Zero();
      if (wait > Nanos::Zero()) {
        round.sink.ReviewAt(round.ctx.now + wait);
      } else {
        best = victim;
      }
    });
    return best;
  }

  // What the waiting task would overtake there; None() if nothing.
  template <typename Tasks, typename P>
  Victim VictimOn(const Tasks& tasks, const P& placer, const Round& round, TaskId waiting,
                  CpuId cpu) const {
    const std::optional<Vtime> next = placer.KeyAboutToRun(round, cpu);
    if (next) return {.cpu = cpu, .key = *next};
    const CpuView& view = round.ctx.cpus[cpu.value()];
    if (!tasks.core().Rested(waiting) || !tasks.Runs(view) || IsLeaving(view, cpu)) return {};
    const Nanos margin = placer.Margin(tasks.LastCpu(waiting), cpu);
    return {.cpu = cpu, .runs = true, .key = tasks.KeyOf(round.ctx, view) - margin};
  }

  // Whether what runs there is being interrupted already.
  bool IsLeaving(const CpuView& view, CpuId cpu) const {
    const Interruption& last = last_[cpu.value()];
    return last.victim == view.running && view.since <= last.at;
  }

  // How long that CPU should not be interrupted.
  template <typename Tasks>
  Nanos Protection(const Tasks& tasks, const Context& ctx, CpuId cpu) const {
    const Interruption& last = last_[cpu.value()];
    const Nanos gap = last.victim.IsTask() ? last.at + tasks.params().gap - ctx.now : Nanos::Zero();
    return std::max(gap, tasks.Protection(ctx, ctx.cpus[cpu.value()]));
  }

  template <typename Tasks>
  void Interrupt(Tasks& tasks, const Round& round, CpuId cpu, Vtime by) {
    const TaskId victim = round.ctx.cpus[cpu.value()].running;
    tasks.core().Interrupt(victim, by);
    last_[cpu.value()] = {.victim = victim, .at = round.ctx.now};
  }

  std::vector<Interruption> last_;  // by CPU
  CpuSet all_;
  CpuSet behind_;  // in Run
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_PREEMPTION_H_
