/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// kernel.h: a small model of the sched_ext core, one event at a time: which callbacks come in which
// order, what a CPU runs next, what a kick does. Enough to drive the dispatcher as a kernel would;
// it has no caches, no latencies and no chance.
//
//   Machine machine(TestConfig(2));
//   Kernel kernel(machine, MakeDispatcherTable());
//   task_struct& p = kernel.Spawn({.pid = 10});
//   kernel.Wake(p, /*waker_cpu=*/0);
//   kernel.Settle();                 // kicks and reschedules, until every CPU has what it wants
//   EXPECT_EQ(kernel.curr(0), &p);
//
// The agent is a task like any other; a test acts for it while it is curr() somewhere.
// Single-threaded. SetObserver has a function called after every callback.
#ifndef SCXX_BPF_TESTING_KERNEL_H_
#define SCXX_BPF_TESTING_KERNEL_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "bpf/native/dispatcher_table.h"
#include "bpf/testing/machine.h"
#include "bpf/testing/native_types.h"

namespace scxx {

class Kernel {
 public:
  Kernel(Machine& machine, const DispatcherTable& ops);

  // ---- tasks ----

  // Fork: the task exists and sleeps.
  task_struct& Spawn(const Machine::TaskOptions& options);
  void Wake(task_struct& p, int waker_cpu);
  // The task that runs on `cpu` ...
  void Block(int cpu);  // goes to sleep
  void Yield(int cpu);  // calls sched_yield
  void Exit(int cpu);   // exits
  // Property changes, executed on `cpu`. A waiting task passes through ops.enqueue again.
  void SetWeight(task_struct& p, uint32_t weight, int cpu = 0);
  void SetAllowed(task_struct& p, uint64_t allowed, int cpu = 0);
  // To SCHED_FIFO, say: sched_ext no longer schedules it.
  void LeaveClass(task_struct& p, int cpu = 0);

  // ---- time ----

  // Lets time pass: running tasks use CPU time, slices end (and their CPUs reschedule), and the
  // timer runs when it is due.
  void Run(uint64_t ns);
  // Carries out kicks and reschedules until there are none. False: `limit` was not enough.
  bool Settle(int limit = 1000);

  task_struct* curr(int cpu) const { return cpus_[cpu].curr; }
  bool idle(int cpu) const { return cpus_[cpu].curr == nullptr; }
  // Runs or waits somewhere.
  bool IsRunnable(const task_struct& p) const { return p.runnable; }
  // Reschedules requested and kicks sent, not yet carried out.
  bool Quiet();

  void SetObserver(std::function<void()> observer) { observer_ = std::move(observer); }
  const Machine& machine() const { return machine_; }

 private:
  struct Cpu {
    task_struct* curr = nullptr;
    bool resched = true;  // an attach reschedules every CPU
    bool seen_idle = false;
  };

  // One pass of __schedule() on a CPU. `blocked`: curr does not want to go on.
  void Schedule(int cpu, bool blocked);
  task_struct* Pick(int cpu, task_struct* prev);
  void PutPrev(int cpu, task_struct* prev, bool others);
  void SetNext(int cpu, task_struct* next);
  void Enqueue(task_struct& p, uint64_t flags, int executing_cpu);
  void Requeue(task_struct& p, int executing_cpu, const std::function<void()>& change);
  void LeaveExcludedCpu(task_struct& p, int executing_cpu);
  void TakeKicks();
  void DeliverKick(int cpu, uint64_t flags);
  void RunTimer();
  int FirstAllowed(const task_struct& p) const;
  int CpuOf(const task_struct& p) const;
  void Observe() {
    if (observer_) observer_();
  }

  Machine& machine_;
  const DispatcherTable ops_;
  std::vector<Cpu> cpus_;
  std::vector<Machine::SentKick> kicks_;
  uint64_t timer_due_;
  std::function<void()> observer_;
};

}  // namespace scxx

#endif  // SCXX_BPF_TESTING_KERNEL_H_
