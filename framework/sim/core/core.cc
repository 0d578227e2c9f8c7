// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/core.h"

#include <algorithm>
#include <utility>

#include "framework/base/check.h"

namespace scxx::sim {
namespace {

constexpr uint64_t kSliceInf = ~0ull;
constexpr int kMaxDispatchLoops = 32;

}  // namespace

Core::Core(const Topology& topology, const CoreCosts& costs, EventQueue& queue, Trace& trace,
           CoreClient& client, KernelModel model)
    : topology_(topology),
      costs_(costs),
      queue_(queue),
      trace_(trace),
      client_(client),
      model_(model),
      online_(topology.online()),
      idle_(topology),
      cpus_(topology.max_cpus()) {
  for (Cpu& cpu : cpus_) cpu.charged = cpu.since = now();
}

// ---- attach, detach ----

void Core::Attach(SchedExtOps& ops, const std::vector<task_struct*>& tasks) {
  SCXX_CHECK(ops_ == nullptr, "one scheduler at a time");
  flags_ = ops.flags();
  tasks_ = tasks;
  for (Cpu& cpu : cpus_) cpu.seen_idle = false;
  SchedExtOps* const attached = &ops;
  On here(*this, 0);
  ops_ = attached;
  for (task_struct* p : tasks_) InitTask(*p);
  CycleAll();
  RescheduleAll();
  const Nanos next = ops_->Timer();
  if (next > Nanos::Zero()) ArmTimer(next, 0);
}

void Core::Detach() {
  if (ops_ == nullptr) return;
  On here(*this, 0);
  SchedExtOps* const ops = std::exchange(ops_, nullptr);
  ++timer_generation_;
  CycleAll();
  for (task_struct* p : tasks_) {
    if (p->enabled) {
      Record(TraceKind::kDisable, p);
      ops->Disable(*p);
    }
    Record(TraceKind::kExitTask, p);
    ops->ExitTask(*p);
    p->enabled = false;
  }
  tasks_.clear();
  user_dsqs_.clear();
  RescheduleAll();
}

void Core::Suspend() {
  if (bypassing()) return;
  On here(*this, 0);
  suspended_ = true;
  CycleAll();
  RescheduleAll();
}

void Core::Resume() {
  if (!std::exchange(suspended_, false) || ops_ == nullptr) return;
  On here(*this, 0);
  // Nobody was told that these have left idle; they will be told when they are idle again.
  for (Cpu& cpu : cpus_) cpu.seen_idle &= cpu.curr == nullptr;
  CycleAll();
  RescheduleAll();
}

void Core::Abort(absl::string_view why) {
  if (!error_.empty()) return;
  error_ = std::string(why);
  Record(TraceKind::kAbort);
}

// ---- time ----

void Core::Charge(int cpu) {
  Cpu& c = cpus_[cpu];
  const int64_t ran = (now() - std::exchange(c.charged, now())).count();
  task_struct* const p = c.curr;
  if (p == nullptr) return;
  p->se.sum_exec_runtime += ran;
  p->burst -= ran;
  if (p->scx.slice != kSliceInf) p->scx.slice -= std::min<uint64_t>(p->scx.slice, ran);
}

void Core::StopCpus(Nanos time) {
  for (int cpu = 0; cpu < nr_cpus(); ++cpu) Charge(cpu);
  queue_.Skip(time);
  for (Cpu& cpu : cpus_) cpu.charged = now();
}

void Core::Deliver(const Event& event) {
  switch (event.kind()) {
    case SimEventKind::kIpi:
      return DeliverIpi(static_cast<int>(event.target));
    case SimEventKind::kTick:
      return DeliverTick(static_cast<int>(event.target));
    case SimEventKind::kTimer: {
      if (event.generation != timer_generation_ || ops_ == nullptr) return;
      On here(*this, static_cast<int>(event.target));
      Record(TraceKind::kTimer);
      const Nanos next = ops_->Timer();
      ArmTimer(next, event.target);
      return;
    }
    case SimEventKind::kServer:
      return DeliverServer(event);
    default:
      SCXX_CHECK(false, "not an event of the core's");
  }
}

void Core::ArmTimer(Nanos delay, uint32_t cpu) {
  timer_due_ = now() + delay;
  queue_.Schedule(timer_due_, SimEventKind::kTimer, cpu, timer_generation_);
}

Instant Core::ClockOf(int cpu) {
  Cpu& c = cpus_[cpu];
  c.clock_read = std::max(c.clock_read, now() + c.clock_offset);
  return c.clock_read;
}

void Core::Reschedule(int cpu, uint64_t flags) {
  Cpu& c = cpus_[cpu];
  const bool on_its_way = c.ipi_flags != 0;
  c.ipi_flags |= flags;
  if (!on_its_way) {
    queue_.Schedule(now() + (cpu == here_ ? Nanos::Zero() : costs_.ipi), SimEventKind::kIpi, cpu);
  }
}

void Core::RescheduleAll() {
  for (const CpuId cpu : online_) Reschedule(cpu.value(), kResched);
}

void Core::DeliverIpi(int cpu) {
  Cpu& c = cpus_[cpu];
  const bool reenqueue = c.ipi_flags & kReenqueue;
  const uint64_t flags = std::exchange(c.ipi_flags, 0) & ~kReenqueue;
  if (reenqueue) ReenqueueNow(cpu);
  if (flags == 0) return;
  if (c.higher || !IsOnline(cpu)) return;
  if (c.curr != nullptr && flags == SCX_KICK_IDLE) return;
  if (c.curr != nullptr && (flags & SCX_KICK_PREEMPT)) {
    Charge(cpu);
    c.curr->scx.slice = 0;
  }
  Schedule(cpu);
}

void Core::StartTick(int cpu) {
  Cpu& c = cpus_[cpu];
  if (std::exchange(c.tick_on, true)) return;
  // Each CPU has a phase of its own, so that they do not all tick at once.
  const int64_t tick = costs_.tick.count();
  const int64_t phase = tick * cpu / nr_cpus();
  const int64_t local = now().nanos() + c.clock_offset.count();
  const int64_t next = now().nanos() + tick - (local - phase) % tick;
  queue_.Schedule(Instant(next), SimEventKind::kTick, cpu);
}

void Core::DeliverTick(int cpu) {
  Cpu& c = cpus_[cpu];
  c.tick_on = false;
  if (c.curr == nullptr || c.higher) return;  // an idle CPU has no tick
  Charge(cpu);
  if (bypassing()) c.curr->scx.slice = 0;
  StartTick(cpu);
  if (c.curr->scx.slice == 0) Schedule(cpu);
}

// ---- __schedule() ----

void Core::Schedule(int cpu) {
  On here(*this, cpu);
  Cpu& c = cpus_[cpu];
  Charge(cpu);
  task_struct* const prev = c.curr;
  if (prev != nullptr && prev->migration_disabled != 0) PinWhatSwitchesOut(*prev);
  task_struct* const next = Pick(cpu, prev);
  if (next != nullptr && next == prev) return;
  if (next == nullptr && !c.higher_queue.empty()) return StopServer(cpu, prev);
  if (prev != nullptr && prev->on_rq) PutPrev(cpu, prev, next != nullptr);
  SetNext(cpu, next);
}

// Statement S2: the order in which a CPU looks for work.
task_struct* Core::Pick(int cpu, task_struct* prev) {
  if (prev != nullptr && prev->on_rq && prev->scx.slice > 0 && !bypassing()) return prev;
  if (task_struct* next = cpus_[cpu].local.PopFront()) return next;
  if (task_struct* next = global_.PopFront()) {
    ChangeRunQueue(*next, cpu);
    return next;
  }
  if (!bypassing()) return DispatchAndPick(cpu, prev);
  for (task_struct* p = bypass_.front(); p != nullptr; p = p->dsq_next) {
    if (!MayMoveTo(*p, cpu)) continue;
    bypass_.Remove(*p);
    ChangeRunQueue(*p, cpu);
    return p;
  }
  if (prev == nullptr || !prev->on_rq) return nullptr;
  prev->scx.slice = kBypassSlice;
  return prev;
}

void Core::CallDispatch(int cpu, task_struct* prev) {
  Record(TraceKind::kDispatch, prev);
  context_ = Context::kDispatch;
  cpus_[cpu].in_dispatch = true;
  moved_ = 0;
  ops_->Dispatch(cpu, prev);
  Flush();
  cpus_[cpu].in_dispatch = false;
  context_ = Context::kNone;
}

task_struct* Core::DispatchAndPick(int cpu, task_struct* prev) {
  for (int i = 0; i < kMaxDispatchLoops; ++i) {
    CallDispatch(cpu, prev);
    if (prev != nullptr && prev->on_rq && prev->scx.slice > 0) return prev;
    if (task_struct* next = cpus_[cpu].local.PopFront()) return next;
    if (task_struct* next = global_.PopFront()) {
      ChangeRunQueue(*next, cpu);
      return next;
    }
    if (moved_ == 0) {
      if (prev == nullptr || !prev->on_rq || flags_.enq_last) return nullptr;
      prev->scx.slice = kDefaultSlice;
      return prev;
    }
  }
  Reschedule(cpu, kResched);
  return nullptr;
}

void Core::PutPrev(int cpu, task_struct* prev, bool others) {
  StopRunning(cpu, /*runnable=*/true, 0);
  Enqueue(*prev, others ? 0 : kEnqLast);
}

// The running task stops; with `runnable` false it also leaves the run queue.
void Core::StopRunning(int cpu, bool runnable, uint64_t quiescent_flags) {
  task_struct& p = *cpus_[cpu].curr;
  Record(TraceKind::kStopping, &p, runnable);
  p.running = false;
  client_.OnStopping(p, cpu);
  if (runnable) return;
  LeaveRunQueue(p);
  p.scx.flags &= ~SCX_TASK_QUEUED;
  Record(TraceKind::kQuiescent, &p, quiescent_flags);
}

void Core::SetNext(int cpu, task_struct* next) {
  Cpu& c = cpus_[cpu];
  const bool was_idle = c.curr == nullptr && !std::exchange(c.was_higher, false);
  c.curr = next;
  if (next == nullptr) return GoIdle(cpu, was_idle);
  if (was_idle) {
    idle_.Clear(CpuId(cpu));
    c.since = now();
    NotifyIdle(cpu, false);
  }
  StartTick(cpu);
  SCXX_CHECK(!next->running && next->dsq == nullptr, "a task runs twice");
  next->running = true;
  next->has_run = true;
  if (next->scx.slice == 0) next->scx.slice = bypassing() ? kBypassSlice : kDefaultSlice;
  next->burst += costs_.context_switch.count();
  Record(TraceKind::kRunning, next);
  client_.OnRunning(*next, cpu);
}

void Core::GoIdle(int cpu, bool was_idle) {
  Cpu& c = cpus_[cpu];
  idle_.Set(CpuId(cpu));
  if (!was_idle) c.since = now();
  if (!was_idle || !c.seen_idle) NotifyIdle(cpu, true);
  // What came to its local DSQ on the way runs at once (3.17).
  if (!c.local.empty()) Reschedule(cpu, kResched);
}

void Core::NotifyIdle(int cpu, bool idle) {
  if (bypassing() || cpus_[cpu].seen_idle == idle) return;
  cpus_[cpu].seen_idle = idle;
  Record(TraceKind::kUpdateIdle, nullptr, idle);
  ops_->UpdateIdle(cpu, idle);
}

}  // namespace scxx::sim
