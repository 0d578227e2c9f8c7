// SPDX-License-Identifier: Apache-2.0
#include "bpf/testing/kernel.h"

#include <algorithm>
#include <utility>

namespace scxx {
namespace {

constexpr uint64_t kWakeup = 1;
constexpr uint64_t kRestore = 2;
constexpr uint64_t kDefaultSlice = 20'000'000;
constexpr int kMaxDispatchLoops = 32;

}  // namespace

Kernel::Kernel(Machine& machine, const DispatcherTable& ops)
    : machine_(machine),
      ops_(ops),
      cpus_(machine.config().nr_cpus),
      timer_due_(machine.now() + machine.config().timer_busy) {}

// ---- Tasks ----

task_struct& Kernel::Spawn(const Machine::TaskOptions& options) {
  task_struct& p = machine_.NewTask(options);
  p.scx.slice = kDefaultSlice;
  OnCpu here(machine_, 0);
  ops_.init_task(&p);
  Observe();
  return p;
}

void Kernel::Wake(task_struct& p, int waker_cpu) {
  if (p.runnable) return;
  OnCpu here(machine_, waker_cpu);
  if (!p.migration_disabled) {
    const int prev_cpu = p.cpu;
    const int cpu =
        machine_.CallSelectCpu(p, [&] { return ops_.select_cpu(&p, prev_cpu, kWakeup); });
    p.cpu = p.cpus_ptr->Has(cpu) ? cpu : FirstAllowed(p);
  }
  Enqueue(p, kWakeup, waker_cpu);
  if (idle(p.cpu)) cpus_[p.cpu].resched = true;
}

// What comes before ops.enqueue in the core, and the filters that skip it.
void Kernel::Enqueue(task_struct& p, uint64_t flags, int executing_cpu) {
  OnCpu here(machine_, executing_cpu);
  if (p.exiting || p.migration_disabled) {
    p.scx.slice = kDefaultSlice;
    machine_.PutOnLocal(p, /*at_head=*/false);
  } else {
    machine_.CallEnqueue(p, flags, ops_.enqueue);
  }
  // An insert into a local DSQ reschedules an idle CPU.
  if (machine_.DsqOf(p) == SCX_DSQ_LOCAL && idle(p.cpu)) cpus_[p.cpu].resched = true;
  Observe();
}

void Kernel::Block(int cpu) {
  if (!idle(cpu)) Schedule(cpu, /*blocked=*/true);
}

void Kernel::Yield(int cpu) {
  if (idle(cpu)) return;
  OnCpu here(machine_, cpu);
  ops_.yield(curr(cpu));
  curr(cpu)->scx.slice = 0;
  Observe();
  Schedule(cpu, /*blocked=*/false);
}

void Kernel::Exit(int cpu) {
  if (idle(cpu)) return;
  task_struct& p = *curr(cpu);
  OnCpu here(machine_, cpu);
  p.exiting = true;
  p.flags |= PF_EXITING;
  ops_.exit_task(&p);  // the hook on sched_process_exit
  Observe();
  Schedule(cpu, /*blocked=*/true);
  ops_.disable(&p);
  ops_.exit_task(&p);
  Observe();
}

int Kernel::CpuOf(const task_struct& p) const {
  for (size_t cpu = 0; cpu < cpus_.size(); ++cpu) {
    if (cpus_[cpu].curr == &p) return static_cast<int>(cpu);
  }
  return -1;
}

int Kernel::FirstAllowed(const task_struct& p) const {
  for (size_t cpu = 0; cpu < cpus_.size(); ++cpu) {
    if (p.cpus_ptr->Has(cpu)) return static_cast<int>(cpu);
  }
  return 0;
}

// A waiting task is dequeued, changed and enqueued again; a running or sleeping one is only
// changed.
void Kernel::Requeue(task_struct& p, int executing_cpu, const std::function<void()>& change) {
  OnCpu here(machine_, executing_cpu);
  const bool waits = p.runnable && CpuOf(p) < 0;
  if (waits) machine_.Dequeue(p);
  change();
  Observe();
  if (waits) Enqueue(p, kRestore, executing_cpu);
}

void Kernel::SetWeight(task_struct& p, uint32_t weight, int cpu) {
  Requeue(p, cpu, [&] { p.scx.weight = weight; });
}

void Kernel::SetAllowed(task_struct& p, uint64_t allowed, int cpu) {
  Requeue(p, cpu, [&] {
    machine_.SetAllowed(p, allowed);
    ops_.set_cpumask(&p, p.cpus_ptr);
  });
  if (!p.cpus_ptr->Has(p.cpu)) LeaveExcludedCpu(p, cpu);
}

// A waiting task is moved to a CPU it may use, with a second enqueue; a running one is stopped
// first.
void Kernel::LeaveExcludedCpu(task_struct& p, int executing_cpu) {
  if (!p.runnable || p.migration_disabled) return;
  const int running_on = CpuOf(p);
  if (running_on >= 0) {
    Schedule(running_on, /*blocked=*/true);
  } else {
    machine_.Dequeue(p);
  }
  p.cpu = FirstAllowed(p);
  Enqueue(p, 0, executing_cpu);
  if (idle(p.cpu)) cpus_[p.cpu].resched = true;
}

void Kernel::LeaveClass(task_struct& p, int cpu) {
  OnCpu here(machine_, cpu);
  const int running_on = CpuOf(p);
  if (running_on >= 0) {
    Schedule(running_on, /*blocked=*/true);
  } else {
    machine_.Dequeue(p);
  }
  p.runnable = false;
  ops_.disable(&p);
  Observe();
}

// ---- Scheduling ----

void Kernel::Schedule(int cpu, bool blocked) {
  Cpu& c = cpus_[cpu];
  c.resched = false;
  task_struct* prev = c.curr;
  if (prev != nullptr && blocked) {
    prev->runnable = false;
    prev->scx.flags &= ~SCX_TASK_QUEUED;
    ++prev->nvcsw;
  }
  OnCpu here(machine_, cpu);
  task_struct* next = Pick(cpu, prev);
  if (next != nullptr && next == prev) return;
  if (prev != nullptr && prev->runnable) PutPrev(cpu, prev, next != nullptr);
  SetNext(cpu, next);
}

// The core's order: keep a task with slice left, the local DSQ, then what ops.dispatch brings.
task_struct* Kernel::Pick(int cpu, task_struct* prev) {
  const auto keeps = [&] { return prev != nullptr && prev->runnable && prev->scx.slice > 0; };
  if (keeps()) return prev;
  if (task_struct* next = machine_.PopLocal(cpu)) return next;
  for (int i = 0; i < kMaxDispatchLoops; ++i) {
    const int moved = machine_.CallDispatch([&] { ops_.dispatch(cpu, prev); });
    Observe();
    if (keeps()) return prev;
    if (task_struct* next = machine_.PopLocal(cpu)) return next;
    if (moved == 0) return nullptr;
  }
  cpus_[cpu].resched = true;
  return nullptr;
}

void Kernel::PutPrev(int cpu, task_struct* prev, bool others) {
  Enqueue(*prev, others ? 0 : KX_ENQ_LAST, cpu);
}

void Kernel::SetNext(int cpu, task_struct* next) {
  Cpu& c = cpus_[cpu];
  const bool was_idle = c.curr == nullptr;
  c.curr = next;
  machine_.SetKernelIdle(cpu, next == nullptr);
  if (next != nullptr) {
    if (next->scx.slice == 0) next->scx.slice = kDefaultSlice;
    if (was_idle && c.seen_idle) ops_.update_idle(cpu, false);
  } else if (!was_idle || !c.seen_idle) {
    ops_.update_idle(cpu, true);
    c.seen_idle = true;
  }
  // A task enqueued on its own local DSQ while the CPU went idle runs at once.
  if (next == nullptr && !machine_.Contents(SCX_DSQ_LOCAL, cpu).empty()) c.resched = true;
  Observe();
}

// ---- Kicks and time ----

void Kernel::TakeKicks() {
  for (const Machine::SentKick& kick : machine_.TakeKicks()) kicks_.push_back(kick);
}

void Kernel::DeliverKick(int cpu, uint64_t flags) {
  Cpu& c = cpus_[cpu];
  if (flags & SCX_KICK_IDLE && !idle(cpu)) return;
  if (flags & SCX_KICK_PREEMPT && c.curr != nullptr) c.curr->scx.slice = 0;
  c.resched = true;
}

bool Kernel::Quiet() {
  TakeKicks();
  return kicks_.empty() &&
         std::none_of(cpus_.begin(), cpus_.end(), [](const Cpu& c) { return c.resched; });
}

bool Kernel::Settle(int limit) {
  for (; !Quiet(); --limit) {
    if (limit == 0) return false;
    for (const Machine::SentKick& kick : std::exchange(kicks_, {})) {
      DeliverKick(static_cast<int>(kick.cpu), kick.flags);
    }
    for (size_t cpu = 0; cpu < cpus_.size(); ++cpu) {
      if (cpus_[cpu].resched) Schedule(static_cast<int>(cpu), /*blocked=*/false);
    }
  }
  return true;
}

void Kernel::Run(uint64_t ns) {
  machine_.Advance(ns);
  for (Cpu& c : cpus_) {
    if (c.curr == nullptr) continue;
    c.curr->se.sum_exec_runtime += ns;
    c.curr->scx.slice -= std::min<uint64_t>(ns, c.curr->scx.slice);
    if (c.curr->scx.slice == 0) c.resched = true;
  }
  if (const uint64_t at = machine_.TakeTimer(); at != 0) timer_due_ = at;
  if (machine_.now() >= timer_due_) RunTimer();
}

void Kernel::RunTimer() {
  OnCpu here(machine_, 0);
  timer_due_ = machine_.now() + ops_.timer();
  Observe();
}

}  // namespace scxx
