// SPDX-License-Identifier: Apache-2.0
//
// Population: the tasks of a machine. Carries out their steps while they run, wakes them when their
// sleep is over, and keeps count of what they got.
//
// Task 0 is the agent: its steps are the engine's, and AgentBurstEnded() says that it has used the
// CPU time it was given.

#ifndef SCXX_FRAMEWORK_SIM_LOAD_POPULATION_H_
#define SCXX_FRAMEWORK_SIM_LOAD_POPULATION_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/random.h"
#include "framework/base/units.h"
#include "framework/sim/core/core.h"
#include "framework/sim/core/event_queue.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/load/locks.h"
#include "framework/sim/load/workload.h"
#include "framework/stats/histogram.h"

namespace scxx::sim {

inline constexpr int kAgentPid = 1;

// CPU time of system calls.
struct TaskCosts {
  Nanos syscall = Nanos(300);
  Nanos wake = Nanos(900);
  Nanos fork = Micros(40);
};

// What a group of tasks got.
struct GroupStats {
  uint64_t tasks = 0;
  Nanos cpu_time = {};
  uint64_t wakeups = 0;
  HistogramSnapshot wakeup_latency;
  Nanos max_latency = {};
  uint64_t switches = 0;
  uint64_t migrations = 0;
  uint64_t cache_migrations = 0;  // of these, to another last-level cache
  // Of the wakeups, runs that began beside a busy CPU of the core while a core was idle.
  uint64_t shared_cores = 0;
};

class Population final : public CoreClient {
 public:
  // When each is due, by number.
  using Timers = std::map<uint32_t, Instant>;

  struct Task {
    task_struct kernel;
    uint32_t group = 0;
    uint32_t number = 0;  // in its group
    uint32_t step = 0;
    uint32_t loop = 0;
    uint32_t rounds = 0;  // of the steps that the next kAgain repeats
    uint32_t inbox = 0;
    uint32_t wake_generation = 0;
    bool asleep = false;
    bool for_ever = false;  // asleep until somebody wakes it
    bool exited = false;
    bool killed = false;  // exits when it next runs
    // Of kSchedDeadline: what it may use until `period_end`, counted from this CPU time of its.
    Budget budget;
    Instant period_end;
    Nanos period_began_with;
    bool throttled = false;  // asleep because the budget is used
    int last_cpu = -1;
    Instant woken_at;
    Instant began;
    Instant first_due;  // of its timers, but for their period
    Timers timers;
    std::optional<Instant> runs_until;  // in kRunUntil
    Random random{0};
  };

  // The workload must outlive this.
  Population(const Workload& workload, uint64_t seed, const TaskCosts& costs, EventQueue& queue);

  void SetCore(Core& core);

  // Brings the workload's tasks to life, from CPU 0 on.
  void ForkAll();

  // ---- events ----

  void OnBurstEnd(int cpu, uint32_t generation);
  void OnWake(uint32_t task, uint32_t generation);
  // Wakes a task that waits or sleeps although nothing has happened.
  void WakeSpuriously(uint32_t task, int waker_cpu);

  // After time in which nobody has run: what tasks still want to run takes as long as before.
  void ArmAll();

  // SIGKILL: wakes the task if it sleeps.
  void Kill(uint32_t task, int waker_cpu);

  // CoreClient
  void OnRunning(task_struct& p, int cpu) override;
  void OnStopping(task_struct& p, int cpu) override;

  // ---- the agent ----

  task_struct& agent() { return tasks_.front().kernel; }
  // It executes for so long, from now on; must be running.
  void StartAgentBurst(Nanos time);
  // It calls sched_yield; its burst is the return from that.
  void YieldAgent(Nanos time);
  bool agent_burst_ended() const { return agent_burst_ended_; }
  // Puts it to sleep for so long.
  void StopAgent(Nanos time);
  // It exits; must be running.
  void ExitAgent();

  // ---- state ----

  size_t size() const { return tasks_.size(); }
  Task& task(uint32_t index) { return tasks_[index]; }
  const Task& task(uint32_t index) const { return tasks_[index]; }
  // Those that live, the agent among them.
  std::vector<task_struct*> Alive();
  // By group, up to now.
  std::vector<GroupStats> Stats() const;
  // What makes the workload senseless: a deadlock, a mutex that is given by who does not have it.
  // Empty: nothing does.
  const std::string& failure() const { return failure_; }

 private:
  Task& Spawn(uint32_t group, int parent_cpu);
  void Arm(int cpu);
  bool RunsATask(CpuId cpu) const;
  // It runs beside a busy CPU of its core, and another core has nothing to run.
  bool SharesCore(int cpu) const;
  void Execute(Task& task, int cpu);
  // False: the task has used no CPU time and goes on with the next step.
  bool DoStep(Task& task, const Step& step, int cpu);
  void Spend(Task& task, Nanos time, int cpu);
  void TakeOn(Task& task, const Attributes& attributes, int cpu);
  void SleepUntil(Task& task, Instant time, int cpu);
  void DoPost(Task& task, const Step& step, int cpu);
  Task& Receiver(const Task& task, const Step& step);
  bool TakeMessage(Task& task, int cpu);
  void SleepForEver(Task& task, int cpu);
  void ExitTask(Task& task, int cpu);
  void Wake(Task& task, int waker_cpu);
  void Advance(Task& task);
  // kAgain; false: the steps have come often enough.
  bool GoesBack(Task& task, const Step& step) const;
  CpuSet RandomCpus(Random& random) const;
  CpuSet AllowedOf(const TaskGroup& spec, uint32_t number) const;
  // If the workload says so.
  std::optional<CpuSet> AgentAllowed() const;

  // Clocks (population_clocks.cc).
  Nanos BurstLeft(Task& task);
  // For as long as it wanted.
  bool HasRun(const Task& task) const;
  Nanos BudgetLeft(Task& task);
  void Throttle(Task& task, int cpu);
  bool DoDelay(Task& task, Nanos time, int cpu);
  void DoPeriod(Task& task, Nanos period, int cpu);
  bool DoTimer(Task& task, const Step& step, int cpu);

  // Locks (population_locks.cc).
  bool DoLockStep(Task& task, const Step& step, int cpu);
  bool HasMutex(const Task& task, uint32_t mutex);
  void JoinLocks(const Task& task);
  void SetSemaphores();
  void LeaveLocks(Task& task, int cpu);
  Nanos WakeAll(const Locks::Tasks& woken, int cpu);
  void FindDeadlock();
  std::string WhatItWaitsFor(uint32_t task) const;
  std::string ToString(uint32_t task) const;

  const Workload& workload_;
  const uint64_t seed_;
  const TaskCosts costs_;
  EventQueue& queue_;
  Core* core_ = nullptr;
  std::deque<Task> tasks_;
  size_t exited_ = 0;
  Instant began_;
  Timers timers_;                               // that are shared
  std::vector<std::vector<uint32_t>> members_;  // by group, in the order of birth
  std::vector<GroupStats> stats_;
  std::vector<uint32_t> burst_generations_;  // by CPU
  Locks locks_;
  std::vector<std::vector<uint32_t>> barriers_;  // by group: those that its steps name
  std::vector<std::vector<uint32_t>> bells_;     // by group: those that it suspends with
  size_t asleep_for_ever_ = 0;
  bool killed_any_ = false;
  std::string failure_;
  bool agent_burst_ended_ = false;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_LOAD_POPULATION_H_
