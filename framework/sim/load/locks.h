// SPDX-License-Identifier: Apache-2.0
//
// Locks: the mutexes, condition variables, barriers, semaphores and bells of a workload: who has
// them, and who waits. Only the books: Population puts tasks to sleep and wakes them as these say.
//
//   Locks locks({.mutexes = 1});
//   locks.Lock(0, anna);                    // true: she has it
//   locks.Lock(0, bert);                    // false: he waits, and is to sleep
//   locks.Unlock(0, anna, &woken);          // woken = {bert}: the mutex is his, before he runs
//
// All queues are first come, first served, and a mutex is handed over: nobody overtakes. So equal
// inputs give equal runs. A task that is signalled waits for its mutex where it sleeps, as behind a
// futex that is requeued.
//
// Tasks are known by number. One that waits may not call anything but Forget; whoever is woken for
// another reason finds with Waits() that it has to sleep on. Not thread-safe.

#ifndef SCXX_FRAMEWORK_SIM_LOAD_LOCKS_H_
#define SCXX_FRAMEWORK_SIM_LOAD_LOCKS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <vector>

namespace scxx::sim {

class Locks {
 public:
  static constexpr uint32_t kNobody = UINT32_MAX;

  struct Counts {
    size_t mutexes = 0;
    size_t conditions = 0;
    size_t barriers = 0;
    size_t semaphores = 0;
    size_t bells = 0;
  };
  enum class Wait : uint8_t { kNot, kMutex, kCondition, kBarrier, kSemaphore, kBell };
  // What a task waits for.
  struct Waiting {
    Wait kind = Wait::kNot;
    uint32_t object = 0;
    uint32_t mutex = 0;  // of a condition
  };
  using Tasks = std::vector<uint32_t>;

  explicit Locks(const Counts& counts)
      : mutexes_(counts.mutexes),
        conditions_(counts.conditions),
        barriers_(counts.barriers),
        semaphores_(counts.semaphores),
        bells_(counts.bells) {}

  // ---- mutexes; a task that has one may not take it again ----

  // False: the task waits.
  bool Lock(uint32_t mutex, uint32_t task);
  bool Has(uint32_t mutex, uint32_t task) const { return OwnerOf(mutex) == task; }
  uint32_t OwnerOf(uint32_t mutex) const { return mutexes_[mutex].owner; }
  // The task must have it. Who has it now is appended to `woken`.
  void Unlock(uint32_t mutex, Tasks* woken);

  // ---- conditions ----

  // The task must have the mutex, gives it, and waits.
  void AwaitSignal(uint32_t condition, uint32_t mutex, uint32_t task, Tasks* woken);
  // Appends whom this lets go on: with the mutex.
  void Signal(uint32_t condition, Tasks* woken);
  void Broadcast(uint32_t condition, Tasks* woken);

  // ---- barriers ----

  // A task takes part from its birth to its exit.
  void Join(uint32_t barrier) { ++barriers_[barrier].members; }
  void Leave(uint32_t barrier, Tasks* woken);
  // False: the task waits. True: it was the last, and the others are appended to `woken`.
  bool Arrive(uint32_t barrier, uint32_t task, Tasks* woken);

  // ---- semaphores; each is 0 at first ----

  void Set(uint32_t semaphore, uint32_t value) { semaphores_[semaphore].value = value; }
  // Takes one from its value. False: it was 0, and the task waits.
  bool Take(uint32_t semaphore, uint32_t task);
  // The first who waits goes on; if nobody does, the value grows by one.
  void Post(uint32_t semaphore, Tasks* woken);

  // ---- bells: each ring is for all who hear the bell, and kept for those who do not wait yet ----

  // A task hears a bell from its birth to its exit.
  void Hear(uint32_t bell, uint32_t task) { bells_[bell].hearers.push_back(task); }
  // False: the task waits. True: somebody else has rung since it last went on.
  bool AwaitRing(uint32_t bell, uint32_t task);
  void Ring(uint32_t bell, uint32_t by, Tasks* woken);

  // ---- tasks ----

  const Waiting& WhatFor(uint32_t task) const;
  bool Waits(uint32_t task) const { return WhatFor(task).kind != Wait::kNot; }
  // How many do.
  size_t waiting() const { return waiting_; }
  // The task exits: it waits no more, and its mutexes go to who waits for them.
  void Forget(uint32_t task, Tasks* woken);

  // Tasks of which each waits for a mutex that the next one has, and the last for the first's. As
  // long as no such ring was closed: empty.
  const Tasks& deadlock() const { return deadlock_; }

 private:
  struct Mutex {
    uint32_t owner = kNobody;
    std::deque<uint32_t> waiters;
  };
  struct Condition {
    std::deque<uint32_t> waiters;
  };
  struct Barrier {
    size_t members = 0;
    std::deque<uint32_t> waiters;
  };
  struct Semaphore {
    uint32_t value = 0;
    std::deque<uint32_t> waiters;
  };
  struct Bell {
    std::vector<uint32_t> hearers;
    std::set<uint32_t> rung_for;  // of the hearers, those who did not wait
    std::deque<uint32_t> waiters;
  };

  void Begin(uint32_t task, const Waiting& what);
  void End(uint32_t task);
  // The task gets the mutex and is woken, or waits for it.
  void Retake(uint32_t mutex, uint32_t task, Tasks* woken);
  void Queue(uint32_t mutex, uint32_t task);
  void FindRing(uint32_t task);
  // All of them go on.
  void LetGo(std::deque<uint32_t>* waiters, Tasks* woken);
  std::deque<uint32_t>* QueueOf(const Waiting& what);

  std::vector<Mutex> mutexes_;
  std::vector<Condition> conditions_;
  std::vector<Barrier> barriers_;
  std::vector<Semaphore> semaphores_;
  std::vector<Bell> bells_;
  std::vector<Waiting> tasks_;  // by task; those beyond it do not wait
  size_t waiting_ = 0;
  Tasks deadlock_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_LOAD_LOCKS_H_
