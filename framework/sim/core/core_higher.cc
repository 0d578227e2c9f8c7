// SPDX-License-Identifier: Apache-2.0
// The part of Core that is about classes above sched_ext: their tasks, and the deadline server that
// lets sched_ext run beside them.

#include <utility>

#include "framework/sim/core/core.h"

namespace scxx::sim {
namespace {

constexpr int kMaxDispatchLoops = 32;
// The server's share of a CPU.
constexpr Nanos kServerRuntime = Millis(50);
constexpr Nanos kServerPeriod = Seconds(1);

}  // namespace

// ---- a CPU in a higher class ----

// Statement S14: where 6.12 dispatches although another class will be picked.
void Core::Balance(int cpu, task_struct* prev) {
  if (model_ != KernelModel::k6_12 || bypassing()) return;
  if (prev != nullptr && prev->scx.slice > 0) return;
  for (int i = 0; i < kMaxDispatchLoops && cpus_[cpu].local.empty(); ++i) {
    CallDispatch(cpu, prev);
    if (moved_ == 0) return;
  }
}

// Statement S15: with slice left the task stays at the head of this CPU's queue.
void Core::StartHigherClass(int cpu) {
  On here(*this, cpu);
  Cpu& c = cpus_[cpu];
  if (c.higher || !IsOnline(cpu)) return;
  Charge(cpu);
  task_struct* const prev = c.curr;
  if (prev != nullptr && prev->migration_disabled != 0) PinWhatSwitchesOut(*prev);
  Balance(cpu, prev);
  if (prev != nullptr) StopRunning(cpu, /*runnable=*/true, 0);
  c.curr = nullptr;
  c.higher = true;
  if (prev == nullptr) {
    idle_.Clear(CpuId(cpu));
    c.since = now();
    NotifyIdle(cpu, false);
  } else if (prev->scx.slice > 0 && !bypassing()) {
    NoteRunnable(*prev);
    c.local.PushFront(*prev);
  } else {
    Enqueue(*prev, 0);
  }
}

void Core::EndHigherClass(int cpu) {
  Cpu& c = cpus_[cpu];
  if (!c.higher || c.curr != nullptr) return;
  if (!c.higher_queue.empty() && !c.server.active) return RunHigher(cpu);
  c.higher = false;
  c.was_higher = true;
  Schedule(cpu);
}

// ---- tasks of a higher class ----

// Where it was if that CPU runs no other of its kind, else where none does.
int Core::HigherCpu(const task_struct& p) const {
  const auto is_free = [&](int cpu) {
    return !cpus_[cpu].higher && cpus_[cpu].higher_queue.empty();
  };
  const bool may_stay = p.Allowed(p.cpu) && IsOnline(p.cpu);
  if (may_stay && is_free(p.cpu)) return p.cpu;
  const CpuSet usable = p.allowed.cpus & online_;
  for (const CpuId cpu : usable) {
    if (is_free(cpu.value())) return cpu.value();
  }
  return may_stay ? p.cpu : FallbackCpu(p);
}

void Core::ActivateHigher(task_struct& p) {
  Touch(p);
  p.on_rq = true;
  p.cpu = HigherCpu(p);
  Cpu& c = cpus_[p.cpu];
  const bool waits = c.higher || !c.higher_queue.empty();
  c.higher_queue.PushBack(p);
  if (!waits) RunHigher(p.cpu);
}

// The first of those that wait takes the CPU.
void Core::RunHigher(int cpu) {
  StartHigherClass(cpu);
  On here(*this, cpu);
  Charge(cpu);
  Cpu& c = cpus_[cpu];
  task_struct& p = *c.higher_queue.PopFront();
  Touch(p);
  c.curr = &p;
  p.running = true;
  p.burst += costs_.context_switch.count();
  client_.OnRunning(p, cpu);
  ArmServer(cpu, kServerPeriod - kServerRuntime);
}

// It is runnable still, and in no queue.
task_struct& Core::StopHigher(int cpu) {
  Charge(cpu);
  task_struct& p = *std::exchange(cpus_[cpu].curr, nullptr);
  Touch(p);
  p.running = false;
  client_.OnStopping(p, cpu);
  return p;
}

void Core::NextHigher(int cpu) {
  Cpu& c = cpus_[cpu];
  if (!c.higher_queue.empty()) return RunHigher(cpu);
  ++c.server.generation;
  EndHigherClass(cpu);
}

void Core::LeaveHigherCpu(task_struct& p) {
  if (!p.on_rq) return;
  const int old_cpu = p.cpu;
  const bool was_running = p.running;
  if (was_running) {
    StopHigher(old_cpu);
  } else {
    p.dsq->Remove(p);
  }
  ActivateHigher(p);
  if (was_running) NextHigher(old_cpu);
}

// The CPU is offline.
void Core::PushHigherAway(int cpu) {
  Cpu& c = cpus_[cpu];
  ++c.server.generation;
  c.server.active = c.server.stopped = false;
  if (c.higher && c.curr != nullptr) c.higher_queue.PushFront(StopHigher(cpu));
  c.higher = false;
  while (task_struct* const p = c.higher_queue.PopFront()) ActivateHigher(*p);
}

// ---- the deadline server ----

void Core::ArmServer(int cpu, Nanos delay) {
  Server& server = cpus_[cpu].server;
  if (model_ != KernelModel::k7_3 || server.stopped) return;
  queue_.Schedule(now() + delay, SimEventKind::kServer, cpu, ++server.generation);
}

// Begins to run sched_ext's tasks on a CPU that a higher class has kept, or has done so for long
// enough.
void Core::DeliverServer(const Event& event) {
  const auto cpu = static_cast<int>(event.target);
  Cpu& c = cpus_[cpu];
  if (event.generation != c.server.generation) return;
  if (std::exchange(c.server.active, false)) {
    StartHigherClass(cpu);
    return RunHigher(cpu);
  }
  if (!c.higher || c.curr == nullptr) return;
  c.higher_queue.PushFront(StopHigher(cpu));
  c.server.active = true;
  c.higher = false;
  c.was_higher = true;
  ArmServer(cpu, kServerRuntime);
  Schedule(cpu);
}

// The server's pick has found nothing, which ends it.
void Core::StopServer(int cpu, task_struct* prev) {
  Cpu& c = cpus_[cpu];
  ++c.server.generation;
  c.server.active = false;
  c.server.stopped = true;
  if (prev != nullptr && prev->on_rq) PutPrev(cpu, prev, /*others=*/true);
  c.curr = nullptr;
  c.higher = true;
  c.was_higher = false;
  RunHigher(cpu);
}

// p has come to a CPU. The first there starts the server again.
void Core::StartServerFor(const task_struct& p) {
  Cpu& c = cpus_[p.cpu];
  if (!c.server.stopped || c.nr_running > 1) return;
  c.server.stopped = false;
  if (c.higher && c.curr != nullptr) ArmServer(p.cpu, kServerPeriod - kServerRuntime);
}

}  // namespace scxx::sim
