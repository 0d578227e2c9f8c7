// SPDX-License-Identifier: Apache-2.0
// The part of Population that is about locks: what Locks books, tasks do.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "framework/sim/load/population.h"

namespace scxx::sim {
namespace {

// Of tasks in a message.
constexpr size_t kMaxTold = 6;

std::string NameOf(const char* what, const std::vector<std::string>& names, uint32_t number) {
  if (number < names.size()) return absl::StrCat(what, " \"", names[number], "\"");
  return absl::StrCat(what, " ", number);
}

}  // namespace

bool Population::DoLockStep(Task& task, const Step& step, int cpu) {
  const uint32_t self = task.kernel.index;
  Locks::Tasks woken;
  switch (step.kind) {
    case StepKind::kLock:
      locks_.Lock(step.object, self);
      break;
    case StepKind::kUnlock:
      if (!HasMutex(task, step.object)) return false;
      locks_.Unlock(step.object, &woken);
      break;
    case StepKind::kCondWait:
      if (!HasMutex(task, step.mutex)) return false;
      locks_.AwaitSignal(step.object, step.mutex, self, &woken);
      break;
    case StepKind::kSignal:
      locks_.Signal(step.object, &woken);
      break;
    case StepKind::kBroadcast:
      locks_.Broadcast(step.object, &woken);
      break;
    case StepKind::kTake:
      locks_.Take(step.object, self);
      break;
    case StepKind::kGive:
      locks_.Post(step.object, &woken);
      break;
    case StepKind::kSuspend:
      locks_.AwaitRing(step.object, self);
      break;
    case StepKind::kResume:
      locks_.Ring(step.object, self, &woken);
      break;
    default:
      locks_.Arrive(step.object, self, &woken);
  }
  const Nanos time = WakeAll(woken, cpu);
  if (locks_.Waits(self)) {
    // It pays for whom it has woken when it runs again.
    task.kernel.burst = time.count();
    SleepForEver(task, cpu);
    return true;
  }
  if (!locks_.deadlock().empty()) FindDeadlock();
  if (time == Nanos::Zero()) return false;  // without a system call
  Spend(task, time, cpu);
  return true;
}

bool Population::HasMutex(const Task& task, uint32_t mutex) {
  if (locks_.Has(mutex, task.kernel.index)) return true;
  if (failure_.empty()) {
    failure_ =
        absl::StrCat("workload: ", ToString(task.kernel.index), " gives ",
                     NameOf("mutex", workload_.locks.mutexes, mutex), " and does not have it");
  }
  return false;
}

Nanos Population::WakeAll(const Locks::Tasks& woken, int cpu) {
  for (const uint32_t index : woken) {
    // Already awake if it was woken for nothing before.
    if (tasks_[index].asleep) Wake(tasks_[index], cpu);
  }
  return costs_.wake * static_cast<int64_t>(woken.size());
}

void Population::JoinLocks(const Task& task) {
  for (const uint32_t barrier : barriers_[task.group]) locks_.Join(barrier);
  for (const uint32_t bell : bells_[task.group]) locks_.Hear(bell, task.kernel.index);
}

void Population::SetSemaphores() {
  for (uint32_t number = 0; number < workload_.semaphores.size(); ++number) {
    locks_.Set(number, workload_.semaphores[number]);
  }
}

// The mutexes of a task that exits go on, as robust ones do, and its barriers do without it.
void Population::LeaveLocks(Task& task, int cpu) {
  if (task.kernel.index == 0) return;
  Locks::Tasks woken;
  locks_.Forget(task.kernel.index, &woken);
  for (const uint32_t barrier : barriers_[task.group]) locks_.Leave(barrier, &woken);
  WakeAll(woken, cpu);
  if (locks_.waiting() > 0) FindDeadlock();
}

// ---- deadlocks ----

// A ring of mutexes, or nobody left who could wake anybody. The second may be what a fault has
// left behind, if one has killed a task.
void Population::FindDeadlock() {
  if (!failure_.empty()) return;
  std::vector<uint32_t> stuck = locks_.deadlock();
  const size_t alive = tasks_.size() - exited_ - !tasks_.front().exited;
  if (stuck.empty() && !killed_any_ && asleep_for_ever_ == alive) {
    for (const Task& task : tasks_) {
      if (task.for_ever) stuck.push_back(task.kernel.index);
    }
  }
  if (stuck.empty()) return;
  failure_ = "deadlock: ";
  for (size_t i = 0; i < std::min(stuck.size(), kMaxTold); ++i) {
    absl::StrAppend(&failure_, i == 0 ? "" : "; ", WhatItWaitsFor(stuck[i]));
  }
  if (stuck.size() > kMaxTold) {
    absl::StrAppend(&failure_, " and ", stuck.size() - kMaxTold, " more");
  }
}

std::string Population::WhatItWaitsFor(uint32_t task) const {
  const LockNames& names = workload_.locks;
  const Locks::Waiting& what = locks_.WhatFor(task);
  const std::string who = absl::StrCat(ToString(task), " waits for ");
  switch (what.kind) {
    case Locks::Wait::kMutex:
      return absl::StrCat(who, NameOf("mutex", names.mutexes, what.object), ", which ",
                          ToString(locks_.OwnerOf(what.object)), " has");
    case Locks::Wait::kCondition:
      return absl::StrCat(who, NameOf("condition", names.conditions, what.object));
    case Locks::Wait::kBarrier:
      return absl::StrCat(who, NameOf("barrier", names.barriers, what.object));
    case Locks::Wait::kSemaphore:
      return absl::StrCat(who, NameOf("semaphore", names.semaphores, what.object));
    case Locks::Wait::kBell:
      return absl::StrCat(who, NameOf("a resume of", names.bells, what.object));
    case Locks::Wait::kNot:
      break;
  }
  return absl::StrCat(who, "a message");
}

std::string Population::ToString(uint32_t task) const {
  return absl::StrCat("task", task, " (", tasks_[task].kernel.comm, ")");
}

}  // namespace scxx::sim
