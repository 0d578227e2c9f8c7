// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/load/locks.h"

#include <algorithm>
#include <utility>

#include "framework/base/check.h"

namespace scxx::sim {
namespace {

void Remove(uint32_t task, std::deque<uint32_t>* from) {
  from->erase(std::find(from->begin(), from->end(), task));
}

}  // namespace

// ---- who waits ----

const Locks::Waiting& Locks::WhatFor(uint32_t task) const {
  static constexpr Waiting kNothing;
  return task < tasks_.size() ? tasks_[task] : kNothing;
}

void Locks::Begin(uint32_t task, const Waiting& what) {
  if (task >= tasks_.size()) tasks_.resize(task + 1);
  if (tasks_[task].kind == Wait::kNot) ++waiting_;
  tasks_[task] = what;
}

void Locks::End(uint32_t task) {
  tasks_[task] = {};
  --waiting_;
}

// ---- mutexes ----

bool Locks::Lock(uint32_t mutex, uint32_t task) {
  Mutex& m = mutexes_[mutex];
  if (m.owner == kNobody) {
    m.owner = task;
    return true;
  }
  Queue(mutex, task);
  return false;
}

void Locks::Queue(uint32_t mutex, uint32_t task) {
  mutexes_[mutex].waiters.push_back(task);
  Begin(task, {.kind = Wait::kMutex, .object = mutex});
  FindRing(task);
}

// From the task to who has what it waits for, and so on.
void Locks::FindRing(uint32_t task) {
  if (!deadlock_.empty()) return;
  Tasks chain;
  for (uint32_t at = task; WhatFor(at).kind == Wait::kMutex;) {
    chain.push_back(at);
    at = mutexes_[WhatFor(at).object].owner;
    if (at == task) {
      deadlock_ = std::move(chain);
      return;
    }
  }
}

void Locks::Unlock(uint32_t mutex, Tasks* woken) {
  Mutex& m = mutexes_[mutex];
  SCXX_CHECK_NE(m.owner, kNobody, "a mutex that nobody has is unlocked");
  m.owner = kNobody;
  if (m.waiters.empty()) return;
  m.owner = m.waiters.front();
  m.waiters.pop_front();
  End(m.owner);
  woken->push_back(m.owner);
}

void Locks::Retake(uint32_t mutex, uint32_t task, Tasks* woken) {
  if (mutexes_[mutex].owner != kNobody) return Queue(mutex, task);
  mutexes_[mutex].owner = task;
  End(task);
  woken->push_back(task);
}

// ---- conditions ----

void Locks::AwaitSignal(uint32_t condition, uint32_t mutex, uint32_t task, Tasks* woken) {
  SCXX_CHECK(Has(mutex, task), "a condition is waited for without its mutex");
  Unlock(mutex, woken);
  conditions_[condition].waiters.push_back(task);
  Begin(task, {.kind = Wait::kCondition, .object = condition, .mutex = mutex});
}

void Locks::Signal(uint32_t condition, Tasks* woken) {
  std::deque<uint32_t>& waiters = conditions_[condition].waiters;
  if (waiters.empty()) return;
  const uint32_t task = waiters.front();
  waiters.pop_front();
  Retake(tasks_[task].mutex, task, woken);
}

void Locks::Broadcast(uint32_t condition, Tasks* woken) {
  for (size_t n = conditions_[condition].waiters.size(); n > 0; --n) Signal(condition, woken);
}

// ---- barriers ----

bool Locks::Arrive(uint32_t barrier, uint32_t task, Tasks* woken) {
  Barrier& b = barriers_[barrier];
  if (b.waiters.size() + 1 >= b.members) {
    LetGo(&b.waiters, woken);
    return true;
  }
  b.waiters.push_back(task);
  Begin(task, {.kind = Wait::kBarrier, .object = barrier});
  return false;
}

void Locks::Leave(uint32_t barrier, Tasks* woken) {
  Barrier& b = barriers_[barrier];
  --b.members;
  if (b.waiters.size() >= b.members) LetGo(&b.waiters, woken);
}

void Locks::LetGo(std::deque<uint32_t>* waiters, Tasks* woken) {
  for (; !waiters->empty(); waiters->pop_front()) {
    End(waiters->front());
    woken->push_back(waiters->front());
  }
}

// ---- semaphores ----

bool Locks::Take(uint32_t semaphore, uint32_t task) {
  Semaphore& s = semaphores_[semaphore];
  if (s.value > 0) {
    --s.value;
    return true;
  }
  s.waiters.push_back(task);
  Begin(task, {.kind = Wait::kSemaphore, .object = semaphore});
  return false;
}

void Locks::Post(uint32_t semaphore, Tasks* woken) {
  Semaphore& s = semaphores_[semaphore];
  if (s.waiters.empty()) {
    ++s.value;
    return;
  }
  End(s.waiters.front());
  woken->push_back(s.waiters.front());
  s.waiters.pop_front();
}

// ---- bells ----

bool Locks::AwaitRing(uint32_t bell, uint32_t task) {
  Bell& b = bells_[bell];
  if (b.rung_for.erase(task) == 1) return true;
  b.waiters.push_back(task);
  Begin(task, {.kind = Wait::kBell, .object = bell});
  return false;
}

void Locks::Ring(uint32_t bell, uint32_t by, Tasks* woken) {
  Bell& b = bells_[bell];
  for (const uint32_t task : b.hearers) {
    const Waiting& what = WhatFor(task);
    const bool waits_here = what.kind == Wait::kBell && what.object == bell;
    if (task != by && !waits_here) b.rung_for.insert(task);
  }
  LetGo(&b.waiters, woken);
}

// ---- exits ----

std::deque<uint32_t>* Locks::QueueOf(const Waiting& what) {
  switch (what.kind) {
    case Wait::kMutex:
      return &mutexes_[what.object].waiters;
    case Wait::kCondition:
      return &conditions_[what.object].waiters;
    case Wait::kBarrier:
      return &barriers_[what.object].waiters;
    case Wait::kSemaphore:
      return &semaphores_[what.object].waiters;
    case Wait::kBell:
      return &bells_[what.object].waiters;
    case Wait::kNot:
      break;
  }
  SCXX_CHECK(false, "a task that does not wait is in no queue");
  return nullptr;
}

void Locks::Forget(uint32_t task, Tasks* woken) {
  if (Waits(task)) {
    Remove(task, QueueOf(WhatFor(task)));
    End(task);
  }
  for (Bell& bell : bells_) {
    bell.hearers.erase(std::remove(bell.hearers.begin(), bell.hearers.end(), task),
                       bell.hearers.end());
    bell.rung_for.erase(task);
  }
  for (uint32_t mutex = 0; mutex < mutexes_.size(); ++mutex) {
    if (Has(mutex, task)) Unlock(mutex, woken);
  }
}

}  // namespace scxx::sim
