// SPDX-License-Identifier: Apache-2.0
//
// Workload: what the tasks of a simulated machine do. Groups of equal tasks; each task repeats a
// list of steps, as rt-app's do.
//
//   Workload workload{.name = "mine",
//                     .groups = {{.name = "hog", .count = 4, .steps = {Run(Millis(10))}},
//                                {.name = "ui", .steps = {Sleep(Millis(5)), Run(Micros(300))}},
//                                {.name = "log", .count = 2,
//                                 .steps = {Lock(0), Run(Micros(50)), Unlock(0)}}}};
//
// A step's time is drawn evenly from `time` to `time + spread`, by the task's own generator.

#ifndef SCXX_FRAMEWORK_SIM_LOAD_WORKLOAD_H_
#define SCXX_FRAMEWORK_SIM_LOAD_WORKLOAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/sim/core/kernel_types.h"

namespace scxx::sim {

enum class StepKind : uint8_t {
  kRun,       // uses CPU time
  kRunUntil,  // runs until so much time has passed since then, on the CPU or not
  kSleep,     // sleeps, from then on
  kDelay,     // sleeps until so long after the workload began, and counts its timers from there
  kPeriod,    // sleeps until a multiple of the time has passed since the task began
  kTimer,     // sleeps until timer `object` is due, which the time is added to before
  kYield,     // sched_yield
  kPost,      // adds a message to a task's inbox and wakes it: `to`
  kWait,      // takes a message from its own inbox, or sleeps until there is one
  kFork,      // a new task of group `group`
  kExit,      // ends
  kNice,      // gives itself a random nice value from -10 to 10
  kAffinity,  // gives itself a random set of CPUs
  kAgain,     // goes back to step `object`, until the steps from there on have come `times` times
  kChange,    // takes on the attributes with the number `object` of its group's `changes`

  // Locks (locks.h): `object` is the number of the mutex, the condition and so on.
  kLock,       // takes a mutex, or sleeps until it is handed over
  kUnlock,     // gives a mutex that it has to the first who waits for it
  kCondWait,   // gives `mutex`, sleeps until the condition is signalled, and takes it again
  kSignal,     // the first who waits for the condition goes on, once it has its mutex
  kBroadcast,  // all who wait for the condition do
  kBarrier,    // sleeps until all tasks whose steps name the barrier are there
  kTake,       // takes one from a semaphore, or sleeps until there is one
  kGive,       // gives one to a semaphore
  kSuspend,    // sleeps until another task rings the bell; a ring since the last time counts
  kResume,     // rings the bell for all tasks whose steps suspend with it
};

enum class PostTo : uint8_t {
  kPartner,  // tasks 0 and 1 of a group, 2 and 3, and so on
  kNext,     // the next one of the group, the last to the first
};

struct Step {
  StepKind kind = StepKind::kRun;
  Nanos time = {};
  Nanos spread = {};
  PostTo to = PostTo::kPartner;
  uint32_t group = 0;
  uint32_t object = 0;
  uint32_t mutex = 0;
  uint32_t times = 0;
};

inline Step Run(Nanos time, Nanos spread = {}) { return {StepKind::kRun, time, spread}; }
inline Step RunUntil(Nanos time) { return {StepKind::kRunUntil, time}; }
inline Step Sleep(Nanos time, Nanos spread = {}) { return {StepKind::kSleep, time, spread}; }
inline Step Delay(Nanos time) { return {StepKind::kDelay, time}; }
inline Step Period(Nanos time) { return {StepKind::kPeriod, time}; }
inline Step Timer(uint32_t timer, Nanos period) {
  return {.kind = StepKind::kTimer, .time = period, .object = timer};
}
inline Step Yield() { return {StepKind::kYield}; }
inline Step Post(PostTo to) { return {.kind = StepKind::kPost, .to = to}; }
inline Step Wait() { return {StepKind::kWait}; }
inline Step ForkOne(uint32_t group) { return {.kind = StepKind::kFork, .group = group}; }
inline Step Lock(uint32_t mutex) { return {.kind = StepKind::kLock, .object = mutex}; }
inline Step Unlock(uint32_t mutex) { return {.kind = StepKind::kUnlock, .object = mutex}; }
inline Step CondWait(uint32_t condition, uint32_t mutex) {
  return {.kind = StepKind::kCondWait, .object = condition, .mutex = mutex};
}
inline Step Signal(uint32_t condition) { return {.kind = StepKind::kSignal, .object = condition}; }
inline Step Broadcast(uint32_t condition) {
  return {.kind = StepKind::kBroadcast, .object = condition};
}
inline Step Barrier(uint32_t barrier) { return {.kind = StepKind::kBarrier, .object = barrier}; }
inline Step Take(uint32_t semaphore) { return {.kind = StepKind::kTake, .object = semaphore}; }
inline Step Give(uint32_t semaphore) { return {.kind = StepKind::kGive, .object = semaphore}; }
inline Step Suspend(uint32_t bell) { return {.kind = StepKind::kSuspend, .object = bell}; }
inline Step Resume(uint32_t bell) { return {.kind = StepKind::kResume, .object = bell}; }
inline Step Again(uint32_t step, uint32_t times) {
  return {.kind = StepKind::kAgain, .object = step, .times = times};
}
inline Step Change(uint32_t change) { return {.kind = StepKind::kChange, .object = change}; }

// What a task of kSchedDeadline may use of each period.
struct Budget {
  Nanos runtime = {};
  Nanos period = {};
};

struct SchedClass {
  // kSchedNormal, kSchedBatch or kSchedIdle; or of a higher class: kSchedFifo, kSchedRr or
  // kSchedDeadline.
  unsigned int policy = kSchedNormal;
  int nice = 0;
  Budget budget = {};
};

// What a task takes on as it goes (kChange). What is not set stays.
struct Attributes {
  std::optional<CpuSet> allowed = {};
  std::optional<SchedClass> sched_class = {};
  std::optional<uint64_t> cgroup = {};
};

struct TaskGroup {
  std::string name;
  int count = 1;  // at the start; 0 for groups that only kFork makes
  int nice = 0;
  // CPUs they may use; not set: all.
  std::optional<CpuSet> allowed = {};
  // Task n may use one CPU only, the n-th; after the last CPU comes the first.
  bool per_cpu = false;
  // A kernel thread.
  bool kthread = false;
  unsigned int policy = kSchedNormal;  // SchedClass has the others
  Budget budget = {};
  uint64_t cgroup = 1;  // its id
  // Whose they are; 0: root's.
  unsigned int uid = 0;
  // Begins with the odd ones waiting where the even ones run: for kPost to a partner.
  bool in_pairs = false;
  uint32_t loops = 0;        // times the steps are repeated before the task exits; 0: for ever
  uint32_t repeat_from = 0;  // the step that each repetition begins with; those before come once
  std::vector<Step> steps;
  std::vector<Attributes> changes = {};
};

// A timer is first due a period after the workload began, or after its task's kDelay. With one that
// is due already a task goes on at once.
struct TimerSpec {
  bool shared = false;    // all tasks have the same one; else each has its own
  bool absolute = false;  // when late it stays so, and catches up; else it counts from now
};

// What people call the locks, by number. For messages only: one that is not named here is called by
// its number.
struct LockNames {
  std::vector<std::string> mutexes;
  std::vector<std::string> conditions;
  std::vector<std::string> barriers;
  std::vector<std::string> semaphores;
  std::vector<std::string> bells;
};

// The machine around a workload, where it is not the usual one.
struct Setting {
  // CPUs that could be there; those that are not, are offline. 0: no more than there are.
  int possible_cpus = 0;
  // CPUs that the agent may use; not set: all.
  std::optional<CpuSet> agent_allowed = {};
  // The agent has this CPU for itself and spins, as with --agent_cpu; -1: it parks.
  int agent_cpu = -1;
  // The dispatcher's slots, one of them the agent's; 0: as usual.
  uint32_t max_tasks = 0;
};

struct Workload {
  std::string name;
  std::vector<TaskGroup> groups;
  LockNames locks = {};
  // What the semaphores are at first, by number; those beyond it 0.
  std::vector<uint32_t> semaphores = {};
  std::vector<TimerSpec> timers = {};  // by number; for those beyond it the default
  Setting setting = {};
};

// A built-in workload, scaled to a machine of `nr_cpus`. NotFound lists the names.
absl::StatusOr<Workload> BuiltinWorkload(absl::string_view name, int nr_cpus);
// Those that any policy should serve well.
std::vector<std::string> BuiltinWorkloadNames();
// Those with what machines have besides: kernel threads, higher classes, too many tasks for one CPU
// or for the dispatcher.
std::vector<std::string> HarshWorkloadNames();
// "hogs: two CPU hogs a CPU ...", a line each.
std::string BuiltinWorkloads();

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_LOAD_WORKLOAD_H_
