// SPDX-License-Identifier: Apache-2.0
// The part of Core that is about tasks: birth, wakeup, sleep, property changes, exit.

#include <algorithm>

#include "framework/base/check.h"
#include "framework/base/weight.h"
#include "framework/sim/core/core.h"

namespace scxx::sim {
uint32_t KernelWeight(const task_struct& p) {
  return p.policy == kSchedIdle ? Weight::Idle().cgroup()
                                : Weight::FromNice(p.static_prio - 120).cgroup();
}

void Core::InitTask(task_struct& p) {
  Record(TraceKind::kInitTask, &p);
  ops_->InitTask(p);
  if (!IsHigher(p)) EnterClass(p);
}

void Core::EnterClass(task_struct& p) {
  p.enabled = true;
  Record(TraceKind::kEnable, &p);
  Record(TraceKind::kSetWeight, &p, p.scx.weight);
}

void Core::LeaveClass(task_struct& p) {
  if (!p.enabled) return;
  Record(TraceKind::kDisable, &p);
  ops_->Disable(p);
  p.enabled = false;
}

void Core::Fork(task_struct& p, int parent_cpu) {
  On here(*this, parent_cpu);
  p.cpu = parent_cpu;
  p.scx.slice = kDefaultSlice;
  if (attached()) {
    tasks_.push_back(&p);
    InitTask(p);
  }
  if (IsHigher(p)) return ActivateHigher(p);
  SelectCpu(p, kWakeFork);
  Activate(p, 0);
  WakeupPreempt(p);
}

void Core::Wake(task_struct& p, int waker_cpu) {
  if (p.on_rq || (p.flags & PF_EXITING)) return;
  On here(*this, waker_cpu);
  if (IsHigher(p)) return ActivateHigher(p);
  const bool selected = SelectsCpu(p);
  SelectCpu(p, kWakeTtwu);
  Activate(p, kEnqWakeup | (selected ? kEnqCpuSelected : 0));
  WakeupPreempt(p);
}

// Statements S1 and S4: a direct dispatch is kept for the Activate that follows.
void Core::SelectCpu(task_struct& p, uint64_t wake_flags) {
  direct_.reset();
  int cpu = p.cpu;
  if ((wake_flags & kWakeExec) == 0 && !bypassing() && p.allowed.cpus.size() > 1 &&
      p.migration_disabled == 0) {
    context_ = Context::kSelectCpu;
    subject_ = &p;
    cpu = ops_->SelectCpu(p, p.cpu, wake_flags);
    context_ = Context::kNone;
    Record(TraceKind::kSelectCpu, &p, static_cast<uint64_t>(cpu));
    if (cpu < 0 || cpu >= nr_cpus()) {
      Abort("ops.select_cpu returned a CPU that does not exist");
      cpu = p.cpu;
    }
  }
  p.cpu = p.MayUse(cpu) && IsOnline(cpu) ? cpu : FallbackCpu(p);
}

int Core::FallbackCpu(const task_struct& p) const {
  const CpuId cpu = (p.allowed.cpus & online_).First();
  return cpu.IsCpu() ? cpu.value() : online_.First().value();
}

void Core::Activate(task_struct& p, uint64_t enq_flags) {
  SCXX_CHECK(!p.on_rq && !p.running && p.dsq == nullptr, "a runnable task is activated");
  JoinRunQueue(p);
  p.scx.flags |= SCX_TASK_QUEUED;
  StartServerFor(p);
  Record(TraceKind::kRunnable, &p, enq_flags);
  Enqueue(p, enq_flags);
}

// scx_do_enqueue_task(): the filters of 1.3, else ops.enqueue.
void Core::Enqueue(task_struct& p, uint64_t enq_flags) {
  NoteRunnable(p);
  if (EnqueueFiltered(p)) return;
  if (direct_.has_value() && direct_->p == &p) {
    const InsertRequest request = *direct_;
    direct_.reset();
    return Place(request, p.cpu);
  }
  CallEnqueue(p, enq_flags);
}

void Core::NoteRunnable(task_struct& p) {
  if (p.has_run || p.runnable_at == 0) p.runnable_at = now().nanos();
  p.has_run = false;
}

bool Core::EnqueueFiltered(task_struct& p) {
  if (bypassing()) {
    p.scx.slice = kBypassSlice;
    bypass_.PushBack(p);
    if (idle(p.cpu)) Reschedule(p.cpu, kResched);
    return true;
  }
  const bool exiting = (p.flags & PF_EXITING) != 0 && !flags_.enq_exiting;
  const bool pinned = p.migration_disabled != 0 && !flags_.enq_migration_disabled;
  if (!p.enabled || (!direct_.has_value() && (exiting || pinned))) {
    p.scx.slice = kDefaultSlice;
    PlaceLocal(p, p.cpu, 0);
    return true;
  }
  return false;
}

void Core::CallEnqueue(task_struct& p, uint64_t enq_flags) {
  Record(TraceKind::kEnqueue, &p, enq_flags);
  ++p.qseq;
  p.ops_state = task_struct::OpsState::kQueueing;
  context_ = Context::kEnqueue;
  subject_ = &p;
  direct_.reset();
  ops_->Enqueue(p, enq_flags);
  context_ = Context::kNone;
  if (direct_.has_value()) {
    p.ops_state = task_struct::OpsState::kNone;
    const InsertRequest request = *direct_;
    direct_.reset();
    return Place(request, p.cpu);
  }
  p.ops_state = task_struct::OpsState::kQueued;
  EnterCustody(p);
}

// Statement S1: an idle target is rescheduled, whatever became of the task.
void Core::WakeupPreempt(const task_struct& p) {
  if (idle(p.cpu)) Reschedule(p.cpu, kResched);
}

// ---- the running task's system calls ----

void Core::Block(int cpu) {
  On here(*this, cpu);
  Charge(cpu);
  ++cpus_[cpu].curr->nvcsw;
  if (IsHigher(*cpus_[cpu].curr)) {
    StopHigher(cpu).on_rq = false;
    return NextHigher(cpu);
  }
  StopRunning(cpu, /*runnable=*/false, kDequeueSleep);
  Schedule(cpu);
}

void Core::Yield(int cpu) {
  On here(*this, cpu);
  Charge(cpu);
  task_struct& p = *cpus_[cpu].curr;
  if (IsHigher(p)) {
    cpus_[cpu].higher_queue.PushBack(StopHigher(cpu));
    return NextHigher(cpu);
  }
  Record(TraceKind::kYield, &p);
  if (attached() && p.enabled) ops_->Yield(p);
  p.scx.slice = 0;
  Schedule(cpu);
}

void Core::Exit(int cpu) {
  On here(*this, cpu);
  task_struct& p = *cpus_[cpu].curr;
  p.migration_disabled = 0;  // nobody exits in there
  p.cpus_ptr = &p.allowed;
  p.flags |= PF_EXITING;
  if (attached()) ops_->ExitTask(p);  // the hook on sched_process_exit
  Block(cpu);
  if (!attached()) return;
  LeaveClass(p);
  Record(TraceKind::kExitTask, &p);
  ops_->ExitTask(p);
  tasks_.erase(std::find(tasks_.begin(), tasks_.end(), &p));
}

// Statement S17: the CPU to run the new image on is the one that it is on.
void Core::Exec(int cpu) {
  On here(*this, cpu);
  SelectCpu(*cpus_[cpu].curr, kWakeExec);
}

// ---- property changes ----

// Statements S11 and S16: a task on a run queue is taken off, changed and put back. After a change
// of class or cgroup, but of nothing else, its CPU looks at it if it is idle.
template <typename Change>
void Core::ChangeProperty(task_struct& p, Change change) {
  if (!p.on_rq || IsHigher(p)) return change();
  if (p.running) {
    const int cpu = p.cpu;
    Charge(cpu);
    Record(TraceKind::kStopping, &p, 0);
    Record(TraceKind::kQuiescent, &p, ChangeFlags());
    change();
    Record(TraceKind::kRunnable, &p, kEnqRestore);
    Record(TraceKind::kRunning, &p);
    return;
  }
  Dequeue(p, ChangeFlags());
  change();
  Activate(p, kEnqRestore);
}

void Core::Dequeue(task_struct& p, uint64_t quiescent_flags) {
  RemoveFromQueues(p, quiescent_flags);
  LeaveRunQueue(p);
  p.scx.flags &= ~SCX_TASK_QUEUED;
  Record(TraceKind::kQuiescent, &p, quiescent_flags);
}

void Core::RemoveFromQueues(task_struct& p, uint64_t deq_flags) {
  const bool queued = p.ops_state == task_struct::OpsState::kQueued;
  p.ops_state = task_struct::OpsState::kNone;
  if (p.dsq != nullptr) p.dsq->Remove(p);
  LeaveCustody(p, deq_flags);
  if (model_ == KernelModel::k6_12 && queued) Record(TraceKind::kDequeue, &p);
}

void Core::SetNice(task_struct& p, int nice, int cpu) {
  On here(*this, cpu);
  if (p.static_prio != 120 + nice) ++p.changes;
  ChangeProperty(p, [&] {
    p.static_prio = 120 + nice;
    p.scx.weight = KernelWeight(p);
    if (attached() && p.enabled) Record(TraceKind::kSetWeight, &p, p.scx.weight);
  });
}

void Core::SetWeight(task_struct& p, uint32_t weight, int cpu) {
  On here(*this, cpu);
  ChangeProperty(p, [&] {
    p.scx.weight = weight;
    if (attached() && p.enabled) Record(TraceKind::kSetWeight, &p, weight);
  });
}

void Core::SetAllowed(task_struct& p, const CpuSet& allowed, int cpu) {
  On here(*this, cpu);
  if ((allowed & online_).empty()) return;  // EINVAL
  if (p.migration_disabled != 0) return;    // a kernel's caller waits for its end
  ++p.changes;
  ChangeProperty(p, [&] {
    p.allowed.cpus = allowed;
    if (!attached() || !p.enabled) return;
    Record(TraceKind::kSetCpumask, &p);
    ops_->SetCpumask(p, p.allowed);
  });
  if (!p.Allowed(p.cpu)) LeaveExcludedCpu(p);
}

// Statement S11: the core moves it, with an enqueue on the new CPU. A running task is stopped by a
// thread of a higher class, after which its CPU picks anew.
void Core::LeaveExcludedCpu(task_struct& p) {
  if (IsHigher(p)) return LeaveHigherCpu(p);
  if (!p.on_rq) return;
  const int old_cpu = p.cpu;
  const bool was_running = p.running;
  if (was_running) {
    Charge(old_cpu);
    StopRunning(old_cpu, /*runnable=*/true, 0);
    cpus_[old_cpu].curr = nullptr;
  } else {
    RemoveFromQueues(p, ChangeFlags());
  }
  Touch(old_cpu);
  ChangeRunQueue(p, FallbackCpu(p));
  StartServerFor(p);
  Enqueue(p, 0);
  WakeupPreempt(p);
  if (was_running) Schedule(old_cpu);
}

// ---- migrate_disable() ----

void Core::DisableMigration(int cpu) { ++cpus_[cpu].curr->migration_disabled; }

void Core::EnableMigration(int cpu) {
  On here(*this, cpu);
  task_struct& p = *cpus_[cpu].curr;
  SCXX_CHECK_GT(p.migration_disabled, 0, "a migrate_enable() without a migrate_disable()");
  if (--p.migration_disabled == 0 && p.cpus_ptr != &p.allowed) SetCpusPtr(p, p.allowed);
}

// Statement S19: the core changes its affinity by itself, before it picks the next task.
void Core::PinWhatSwitchesOut(task_struct& p) {
  if (p.cpus_ptr != &p.allowed) return;
  p.own_cpu.cpus = CpuSet();
  p.own_cpu.cpus.Add(CpuId(p.cpu));
  SetCpusPtr(p, p.own_cpu);
}

void Core::SetCpusPtr(task_struct& p, const cpumask& mask) {
  ChangeProperty(p, [&] {
    p.cpus_ptr = &mask;
    if (!attached() || !p.enabled) return;
    Record(TraceKind::kSetCpumask, &p);
    ops_->SetCpumask(p, mask);
  });
}

// Off the run queue, wherever it is.
void Core::Deactivate(task_struct& p) {
  const int cpu = p.cpu;
  if (IsHigher(p)) {
    if (p.running) {
      StopHigher(cpu).on_rq = false;
      return NextHigher(cpu);
    }
    p.dsq->Remove(p);
    p.on_rq = false;
    return;
  }
  if (!p.running) return Dequeue(p, ChangeFlags());
  Charge(cpu);
  StopRunning(cpu, /*runnable=*/false, ChangeFlags());
  Schedule(cpu);
}

// Assumption A19: into a higher class and out of it the task goes asleep, for no time.
void Core::SetClass(task_struct& p, unsigned int policy, int nice, int cpu) {
  On here(*this, cpu);
  const auto change = [&] {
    p.policy = policy;
    p.static_prio = 120 + nice;
    p.scx.weight = KernelWeight(p);
    if (attached() && p.enabled) Record(TraceKind::kSetWeight, &p, p.scx.weight);
  };
  ++p.changes;
  if (IsHigherPolicy(policy) == IsHigher(p)) return ChangeProperty(p, change);
  const bool runnable = p.on_rq;
  if (runnable) Deactivate(p);
  LeaveClass(p);
  change();
  if (IsHigher(p)) return runnable ? ActivateHigher(p) : void();
  if (attached()) EnterClass(p);
  if (!runnable) return;
  Activate(p, kEnqRestore);
  WakeupPreempt(p);
}

// Statement S16: away, and back at once.
void Core::ChangeClassAndBack(task_struct& p, int cpu) {
  On here(*this, cpu);
  if (!attached() || !p.enabled) return;
  ChangeProperty(p, [&] {
    Record(TraceKind::kDisable, &p);
    ops_->Disable(p);
    p.scx.dsq_vtime = 0;
    Record(TraceKind::kEnable, &p);
    Record(TraceKind::kSetWeight, &p, p.scx.weight);
    Record(TraceKind::kSetCpumask, &p);
    ops_->SetCpumask(p, *p.cpus_ptr);
  });
  if (p.on_rq && !p.running) WakeupPreempt(p);
}

// Statement S16.
void Core::MoveCgroup(task_struct& p, uint64_t cgroup, int cpu) {
  On here(*this, cpu);
  ChangeProperty(p, [&] {
    p.cgroup = cgroup;
    if (attached() && p.enabled) Record(TraceKind::kCgroupMove, &p, cgroup);
  });
  if (p.on_rq && !p.running) WakeupPreempt(p);
}

// ---- hotplug ----

// Statement S18.
void Core::SetOnline(int cpu, bool online) {
  SCXX_CHECK_NE(cpu, 0, "the first CPU stays");
  if (IsOnline(cpu) == online) return;
  On here(*this, 0);
  Record(TraceKind::kHotplug, nullptr, static_cast<uint64_t>(cpu) << 8 | online);
  Detach();
  Touch(cpu);
  if (online) {
    online_.Add(CpuId(cpu));
    cpus_[cpu].since = now();
    Reschedule(cpu, kResched);
  } else {
    online_.Remove(CpuId(cpu));
    PushAway(cpu);
  }
}

// No scheduler is attached: all that waits waits in the bypass DSQ.
void Core::PushAway(int cpu) {
  Cpu& c = cpus_[cpu];
  idle_.Clear(CpuId(cpu));
  PushHigherAway(cpu);
  if (task_struct* const p = c.curr; p != nullptr) {
    Charge(cpu);
    StopRunning(cpu, /*runnable=*/true, 0);
    c.curr = nullptr;
    ChangeRunQueue(*p, FallbackCpu(*p));
    Enqueue(*p, 0);
  }
  while (task_struct* const p = c.local.PopFront()) {
    ChangeRunQueue(*p, FallbackCpu(*p));
    Enqueue(*p, 0);
  }
  for (task_struct* p = bypass_.front(); p != nullptr; p = p->dsq_next) {
    if (p->cpu != cpu) continue;
    Touch(*p);
    ChangeRunQueue(*p, FallbackCpu(*p));
    WakeupPreempt(*p);
  }
}

// ---- all of them ----

// Statement S17: entering and leaving bypass takes every waiting task off its queue and puts it
// back.
void Core::CycleAll() {
  for (task_struct* p : tasks_) {
    if (!p->on_rq || p->running || IsHigher(*p)) continue;
    Dequeue(*p, ChangeFlags());
    Activate(*p, kEnqRestore);
  }
}

void Core::CheckWatchdog() {
  for (const task_struct* p : tasks_) {
    if (!p->on_rq || p->running || IsHigher(*p)) continue;
    if (now().nanos() - p->runnable_at > flags_.timeout.count())
      return Abort("runnable task stall");
  }
}

}  // namespace scxx::sim
