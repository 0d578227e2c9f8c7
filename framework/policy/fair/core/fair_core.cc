// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/core/fair_core.h"

#include <algorithm>

#include "framework/base/check.h"

namespace scxx {
namespace {

// `distance`, measured by a clock that runs for weight `from`, by one that runs for weight `to`;
// towards zero.
Nanos Rescale(Nanos distance, Weight from, Weight to) {
  const auto product = static_cast<__int128>(distance.count()) * from.load();
  const __int128 scaled = product / to.load();
  constexpr __int128 kMax = Nanos::Max().count();
  return Nanos(static_cast<int64_t>(std::clamp(scaled, -kMax, kMax)));
}

}  // namespace

FairCore::FairCore(const FairParams& params, const PolicyLimits& limits)
    : params_(params),
      clock_(params.first_clock),
      debt_(params.first_clock),
      tasks_(limits.max_tasks),
      queue_(limits) {}

// ---- Tasks ----

void FairCore::Enter(TaskId task, Weight weight) {
  SCXX_CHECK(!queue_.Contains(task.slot), "the slot's former task waits; Leave comes first");
  Task& t = tasks_[task.slot];
  t = Task{.id = task};
  AdoptWeight(&t, weight);
  t.service.MoveTo(
      clock_ + ToVirtual(std::min(Debt() + params_.debit, LongestTurn(params_, weight)), weight));
}

void FairCore::Leave(TaskId task, Nanos ran) {
  if (!Knows(task)) return;
  queue_.Remove(task.slot);
  Task& t = tasks_[task.slot];
  // The task that started it may have left after it began: one that had no more than a turn goes
  // on where the last to leave stopped.
  const bool brief = t.insertions < 2;
  const Nanos before = brief ? Debt() : Rescale(t.service.v() - clock_, t.weight, Weight());
  const Vtime debt = clock_ + std::min(before + ran, LongestTurn(params_, t.weight));
  if (debt_.Before(debt)) debt_ = debt;
  t = Task();
}

Nanos FairCore::Debt() const { return std::max(debt_ - clock_, Nanos::Zero()); }

bool FairCore::SetWeight(TaskId task, Weight weight) {
  Task& t = tasks_[task.slot];
  if (t.weight == weight) return false;
  SCXX_CHECK(!queue_.Contains(task.slot), "a waiting task is unqueued before its weight changes");
  const Nanos ahead = Rescale(t.service.v() - clock_, t.weight, weight);
  AdoptWeight(&t, weight);
  t.service.MoveTo(clock_ + std::clamp(ahead, -params_.bound, t.max_lead));
  return true;
}

void FairCore::AdoptWeight(Task* task, Weight weight) {
  task->weight = weight;
  task->max_lead = MaxLead(params_, weight);
  task->pace = static_cast<uint32_t>(ToVirtual(Nanos(1024), weight).count());
}

// ---- Waiting ----

void FairCore::Insert(TaskId task, Arrival arrival, const Entry& entry) {
  Task& t = tasks_[task.slot];
  SCXX_DCHECK(Knows(task), "Enter comes first");
  const bool rested = arrival == Arrival::kRested;
  Limit(&t, rested ? entry.credit : params_.bound);
  if (arrival == Arrival::kInterrupted && KeepsPlace(t, entry)) {
    t.left = entry.left;
  } else {
    t.tag = t.service.v();
    t.penalty = entry.penalty;
    t.left = Nanos::Zero();
    t.rested = rested;
  }
  t.insertions = std::min(t.insertions + 1, 2);
  t.interrupted = false;
  t.restricted = entry.allowed != nullptr;
  queue_.Insert(
      task.slot,
      {.key = t.tag + t.penalty, .since = entry.now, .allowed = entry.allowed, .home = entry.home});
}

void FairCore::PutBack(TaskId task, Instant now, const CpuSet* allowed, CpuId home) {
  Task& t = tasks_[task.slot];
  t.restricted = allowed != nullptr;
  queue_.PutBack(task.slot,
                 {.key = t.tag + t.penalty,
                  .since = queue_.since(task.slot),
                  .allowed = allowed,
                  .home = home},
                 now);
}

void FairCore::Limit(Task* task, Nanos behind) const {
  const Vtime lowest = clock_ - behind;
  const Vtime highest = clock_ + task->max_lead * 2 + domain_margin_;
  if (task->service.v().Before(lowest)) task->service.MoveTo(lowest);
  if (highest.Before(task->service.v())) task->service.MoveTo(highest);
}

bool FairCore::KeepsPlace(const Task& task, const Entry& entry) const {
  if (entry.left < params_.left_min) return false;
  const Vtime key = task.tag + task.penalty;
  if (task.interrupted) return task.interrupted_by.Before(key);
  const TaskId first = IdOf(queue_.FirstFor(entry.home));
  return !first.IsTask() || this->key(first).Before(key);
}

// ---- Turns ----

FairCore::Turn FairCore::Take(uint32_t slot, int64_t runnable) {
  const Task& task = tasks_[slot];
  // One that goes first only because a CPU was free for it does not move the clock: those who may
  // go everywhere would lose what they are behind, and with it their shares.
  if (clock_.Before(task.tag) && !queue_.PassesBy(slot)) clock_ = task.tag;
  ++picks_since_aged_;
  return TakeOut(slot, runnable);
}

FairCore::Turn FairCore::TakeAged(uint32_t slot, int64_t runnable) {
  picks_since_aged_ = 0;
  ++aged_picks_;
  Turn turn = TakeOut(slot, runnable);
  turn.slice = std::min(turn.slice, kAgedTurn * tasks_[slot].weight.load());
  return turn;
}

FairCore::Turn FairCore::TakeOut(uint32_t slot, int64_t runnable) {
  const Task& task = tasks_[slot];
  const CpuSet* const cpus = queue_.cpus(slot);
  queue_.Remove(slot);
  const bool resumes = task.left > Nanos::Zero();
  return {.task = task.id,
          .slice = resumes ? task.left : SliceFor(params_, task.weight, runnable),
          .key = task.service.v() + task.penalty,
          .penalty = task.penalty,
          .cpus = cpus};
}

}  // namespace scxx
