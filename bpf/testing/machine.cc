// SPDX-License-Identifier: Apache-2.0
#include "bpf/testing/machine.h"

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

namespace scxx {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr uint64_t kEnqHead = 1ull << 16;
constexpr int kStateBits = 2;

uint64_t StateOf(uint64_t word) { return word & ((1u << kStateBits) - 1); }
uint64_t SequenceOf(uint64_t word) { return word >> kStateBits; }
uint64_t MakeState(uint64_t sequence, task_struct::OpsState state) {
  return sequence << kStateBits | state;
}

bool VtimeBefore(uint64_t a, uint64_t b) { return static_cast<int64_t>(a - b) < 0; }

}  // namespace

scxx_config TestConfig(uint32_t nr_cpus, uint32_t max_tasks) {
  scxx_config config = {};
  config.nr_cpus = nr_cpus;
  config.max_tasks = max_tasks;
  config.event_mask = 63;
  config.exit_dump_len = 1;
  config.slice_default = 5 * kMillisecond;
  config.slice_max = 1000 * kMillisecond;
  config.agent_slice = 5 * kMillisecond;
  config.event_age = kMillisecond / 2;
  config.preempt_after = kMillisecond / 10;
  config.fallback_after = 20 * kMillisecond;
  config.fallback_slice = 3 * kMillisecond;
  config.hold_max = 1000 * kMillisecond;
  config.keep_alive = 1000 * kMillisecond;
  config.timer_busy = kMillisecond;
  config.timer_idle = 50 * kMillisecond;
  return config;
}

Machine::Machine(const scxx_config& config)
    : config_(config),
      maps_(config),
      slot_tasks_(config.max_tasks),
      kernel_idle_(config.nr_cpus, false) {
  for (uint32_t i = 0; i < config.nr_cpus; ++i) cpus_.push_back(std::make_unique<Cpu>());
  dsqs_[1];  // KERNEL_DSQ
  dsqs_[2];  // AGENT_DSQ
}

task_struct& Machine::NewTask(const TaskOptions& options) {
  task_struct& p = tasks_.emplace_back();
  p.pid = options.pid;
  p.tgid = options.tgid == 0 ? options.pid : options.tgid;
  p.flags = options.flags;
  p.cpu = options.cpu;
  snprintf(p.comm, sizeof(p.comm), "task-%d", options.pid);
  SetAllowed(p, options.allowed);
  return p;
}

void Machine::SetAllowed(task_struct& p, uint64_t allowed) const {
  const uint64_t possible = config_.nr_cpus >= 64 ? ~0ull : (1ull << config_.nr_cpus) - 1;
  p.allowed.bits[0] = allowed & possible;
}

Machine::Cpu& Machine::Here() { return *cpus_[OnCpu::cpu()]; }

// ---- Callbacks ----

int Machine::CallSelectCpu(task_struct& p, const std::function<int()>& callback) {
  Cpu& here = Here();
  here.context = Context::kSelectCpu;
  here.subject = &p;
  here.direct.reset();
  const int cpu = callback();
  here.context = Context::kNone;
  return cpu;
}

bool Machine::CallEnqueue(task_struct& p, uint64_t flags,
                          const std::function<void(task_struct*, uint64_t)>& callback) {
  Cpu& here = Here();
  const bool dispatched = here.direct.has_value() && here.direct->p == &p;
  if (!dispatched) {
    p.ops_state = MakeState(next_sequence_++, task_struct::kQueueing);
    here.context = Context::kEnqueue;
    here.subject = &p;
    here.direct.reset();
    callback(&p, flags);
    here.context = Context::kNone;
  }
  std::lock_guard<std::mutex> guard(lock_);
  p.runnable = true;
  p.scx.flags |= SCX_TASK_QUEUED;
  const std::optional<InsertRequest> direct = std::exchange(here.direct, std::nullopt);
  if (!direct) {
    p.ops_state = MakeState(SequenceOf(p.ops_state), task_struct::kQueued);
    return false;
  }
  Place(*direct, p.cpu);
  p.ops_state = MakeState(0, task_struct::kNone);
  return true;
}

int Machine::CallDispatch(const std::function<void()>& callback) {
  Cpu& here = Here();
  here.context = Context::kDispatch;
  here.moved = 0;
  callback();
  here.context = Context::kNone;
  Flush();
  return here.moved;
}

void Machine::PutOnLocal(task_struct& p, bool at_head) {
  std::lock_guard<std::mutex> guard(lock_);
  p.runnable = true;
  p.scx.flags |= SCX_TASK_QUEUED;
  Place({.p = &p,
         .sequence = 0,
         .dsq = SCX_DSQ_LOCAL,
         .slice = p.scx.slice,
         .flags = at_head ? kEnqHead : 0,
         .vtime = {}},
        p.cpu);
}

bool Machine::Dequeue(task_struct& p) {
  std::lock_guard<std::mutex> guard(lock_);
  const bool was_in_custody = StateOf(p.ops_state) == task_struct::kQueued;
  p.ops_state = MakeState(0, task_struct::kNone);
  const bool was_in_dsq = p.dsq != 0;
  Forget(p);
  p.scx.flags &= ~SCX_TASK_QUEUED;
  return was_in_custody || was_in_dsq;
}

task_struct* Machine::PopLocal(uint32_t cpu) {
  std::lock_guard<std::mutex> guard(lock_);
  std::list<task_struct*>& tasks = cpus_[cpu]->local.tasks;
  if (tasks.empty()) return nullptr;
  task_struct* p = tasks.front();
  Forget(*p);
  return p;
}

bool Machine::InCustody(const task_struct& p) const {
  return StateOf(p.ops_state) == task_struct::kQueued;
}

uint64_t Machine::DsqOf(const task_struct& p) const {
  std::lock_guard<std::mutex> guard(lock_);
  return p.dsq;
}

std::vector<task_struct*> Machine::Contents(uint64_t dsq, uint32_t cpu) const {
  std::lock_guard<std::mutex> guard(lock_);
  const std::list<task_struct*>& tasks =
      dsq == SCX_DSQ_LOCAL ? cpus_[cpu]->local.tasks : dsqs_.at(dsq).tasks;
  return {tasks.begin(), tasks.end()};
}

// ---- DSQs ----

Machine::Dsq* Machine::FindDsq(uint64_t dsq, uint32_t cpu) {
  if (dsq == SCX_DSQ_LOCAL) return &cpus_[cpu]->local;
  const auto found = dsqs_.find(dsq);
  return found == dsqs_.end() ? nullptr : &found->second;
}

// Takes p from the DSQ it is in.
void Machine::Forget(task_struct& p) {
  if (p.dsq == 0) return;
  FindDsq(p.dsq, p.dsq_cpu < 0 ? 0 : p.dsq_cpu)->tasks.remove(&p);
  p.dsq = 0;
  p.dsq_cpu = -1;
}

// The lock is held, and p is in no DSQ. `cpu`: whose local DSQ, if that is meant.
void Machine::Place(const InsertRequest& request, uint32_t cpu) {
  task_struct& p = *request.p;
  Dsq* dsq = FindDsq(request.dsq, cpu);
  if (dsq == nullptr) return Error("insert into a DSQ that does not exist");
  if (p.dsq != 0) Error("a task is in two DSQs");
  if (!dsq->tasks.empty() && dsq->by_vtime != request.vtime.has_value()) {
    Error("a DSQ holds FIFO and vtime inserts");
  }
  if (request.slice != 0) p.scx.slice = request.slice;
  if (request.vtime.has_value()) {
    if (request.dsq == SCX_DSQ_LOCAL) Error("vtime insert into a local DSQ");
    PlaceByVtime(dsq, request);
  } else if (request.flags & (kEnqHead | KX_ENQ_PREEMPT)) {
    dsq->tasks.push_front(&p);
  } else {
    dsq->tasks.push_back(&p);
  }
  dsq->by_vtime = request.vtime.has_value();
  p.dsq = request.dsq;
  p.dsq_cpu = request.dsq == SCX_DSQ_LOCAL ? static_cast<int>(cpu) : -1;
}

void Machine::PlaceByVtime(Dsq* dsq, const InsertRequest& request) {
  request.p->scx.dsq_vtime = *request.vtime;
  auto at = dsq->tasks.begin();
  while (at != dsq->tasks.end() && !VtimeBefore(*request.vtime, (*at)->scx.dsq_vtime)) ++at;
  dsq->tasks.insert(at, request.p);
}

bool Machine::CanRunOn(const task_struct& p, uint32_t cpu) const {
  if (static_cast<uint32_t>(p.cpu) == cpu) return true;
  return !p.migration_disabled && p.cpus_ptr->Has(cpu);
}

// ---- kfuncs ----

void Machine::Insert(task_struct* p, uint64_t dsq, uint64_t slice, uint64_t flags,
                     std::optional<uint64_t> vtime) {
  Cpu& here = Here();
  InsertRequest request = {.p = p,
                           .sequence = SequenceOf(p->ops_state),
                           .dsq = dsq,
                           .slice = slice,
                           .flags = flags,
                           .vtime = vtime};
  switch (here.context) {
    case Context::kDispatch:
      if (here.buffer.size() == kDispatchMaxBatch) return Error("dispatch buffer overflow");
      here.buffer.push_back(request);
      return;
    case Context::kSelectCpu:
    case Context::kEnqueue:
      if (p != here.subject) return Error("direct dispatch of another task");
      if (here.direct.has_value()) return Error("second direct dispatch");
      here.direct = request;
      return;
    case Context::kNone:
      return Error("insert in a callback that may not");
  }
}

void Machine::Cancel() {
  Cpu& here = Here();
  if (here.context != Context::kDispatch) return Error("cancel outside ops.dispatch");
  if (here.buffer.empty()) return Error("dispatch buffer underflow");
  here.buffer.pop_back();
}

void Machine::Flush() {
  Cpu& here = Here();
  for (const InsertRequest& request : here.buffer) {
    // The core spins while ops.enqueue of the task runs on another CPU.
    while (!FlushOne(request, OnCpu::cpu())) std::this_thread::yield();
  }
  here.moved += static_cast<int>(here.buffer.size());
  here.buffer.clear();
}

// False: the task is just being enqueued; ask again.
bool Machine::FlushOne(const InsertRequest& request, uint32_t cpu) {
  std::lock_guard<std::mutex> guard(lock_);
  task_struct& p = *request.p;
  const uint64_t word = p.ops_state;
  if (StateOf(word) == task_struct::kNone) return true;
  if (SequenceOf(word) != request.sequence) return true;
  if (StateOf(word) == task_struct::kQueueing) return false;
  p.ops_state = MakeState(0, task_struct::kNone);
  if (request.dsq == SCX_DSQ_LOCAL) {
    if (!CanRunOn(p, cpu)) Error("insert to a CPU that the task may not use");
    p.cpu = static_cast<int>(cpu);
  }
  Place(request, cpu);
  return true;
}

bool Machine::Consume(uint64_t dsq) {
  if (Here().context != Context::kDispatch) {
    Error("consume outside ops.dispatch");
    return false;
  }
  Flush();
  std::lock_guard<std::mutex> guard(lock_);
  const uint32_t cpu = OnCpu::cpu();
  for (task_struct* p : FindDsq(dsq, cpu)->tasks) {
    if (!CanRunOn(*p, cpu)) continue;
    Forget(*p);
    p->cpu = static_cast<int>(cpu);
    Place({.p = p, .sequence = 0, .dsq = SCX_DSQ_LOCAL, .slice = 0, .flags = 0, .vtime = {}}, cpu);
    ++Here().moved;
    return true;
  }
  return false;
}

int Machine::NrQueued(uint64_t dsq) const {
  std::lock_guard<std::mutex> guard(lock_);
  if (dsq == SCX_DSQ_LOCAL) return static_cast<int>(cpus_[OnCpu::cpu()]->local.tasks.size());
  return static_cast<int>(dsqs_.at(dsq).tasks.size());
}

void Machine::Kick(uint32_t cpu, uint64_t flags) {
  if (cpu >= config_.nr_cpus) return Error("kick of a CPU that does not exist");
  std::lock_guard<std::mutex> guard(lock_);
  kicks_.push_back({OnCpu::cpu(), cpu, flags});
}

std::vector<Machine::SentKick> Machine::TakeKicks() {
  std::lock_guard<std::mutex> guard(lock_);
  return std::exchange(kicks_, {});
}

// prev_cpu if it is idle, else the lowest idle CPU; claims it.
int Machine::SelectIdle(task_struct* p, int prev_cpu, bool* idle) {
  std::lock_guard<std::mutex> guard(lock_);
  const auto claim = [&](uint32_t cpu) {
    if (!kernel_idle_[cpu] || !p->cpus_ptr->Has(cpu)) return false;
    kernel_idle_[cpu] = false;
    return true;
  };
  *idle = true;
  if (claim(prev_cpu)) return prev_cpu;
  for (uint32_t cpu = 0; cpu < config_.nr_cpus; ++cpu) {
    if (claim(cpu)) return static_cast<int>(cpu);
  }
  *idle = false;
  return -1;
}

void Machine::SetKernelIdle(uint32_t cpu, bool idle) {
  std::lock_guard<std::mutex> guard(lock_);
  kernel_idle_[cpu] = idle;
}

// ---- Slots ----

int Machine::PopFreeSlot() {
  std::lock_guard<std::mutex> guard(lock_);
  if (free_slots_.empty()) return -1;
  const int slot = static_cast<int>(free_slots_.front());
  free_slots_.pop_front();
  return slot;
}

void Machine::PushFreeSlot(uint32_t slot) {
  std::lock_guard<std::mutex> guard(lock_);
  if (std::find(free_slots_.begin(), free_slots_.end(), slot) != free_slots_.end()) {
    Error("slot freed twice");
  }
  free_slots_.push_back(slot);
}

bool Machine::Bind(task_struct* p, uint32_t slot) {
  p->slot = static_cast<int>(slot);
  slot_tasks_[slot] = p;
  return true;
}

void Machine::Unbind(task_struct* p, uint32_t slot) {
  p->slot = -1;
  slot_tasks_[slot] = nullptr;
}

task_struct* Machine::SlotTask(uint32_t slot) const {
  return slot < slot_tasks_.size() ? slot_tasks_[slot].load() : nullptr;
}

// ---- For tests ----

std::vector<std::string> Machine::errors() const {
  std::lock_guard<std::mutex> guard(errors_lock_);
  return errors_;
}

void Machine::Error(const std::string& what) {
  std::lock_guard<std::mutex> guard(errors_lock_);
  errors_.push_back(what);
}

uint64_t Machine::Count(scxx_counter counter) const {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < config_.nr_cpus; ++i) {
    sum += __atomic_load_n(&cpu(i).counters[counter], __ATOMIC_RELAXED);
  }
  return sum;
}

uint64_t Machine::TasksInCustody() const {
  uint64_t n = 0;
  for (uint32_t i = 0; i < config_.max_tasks; ++i) {
    n += (__atomic_load_n(&slot(i).custody, __ATOMIC_ACQUIRE) & 3) == SCXX_CUSTODY_USER;
  }
  return n;
}

// ---- OnCpu ----

thread_local Machine* OnCpu::machine_ = nullptr;
thread_local uint32_t OnCpu::cpu_ = 0;

OnCpu::OnCpu(Machine& machine, uint32_t cpu) : outer_machine_(machine_), outer_cpu_(cpu_) {
  machine_ = &machine;
  cpu_ = cpu;
}

OnCpu::~OnCpu() {
  machine_ = outer_machine_;
  cpu_ = outer_cpu_;
}

}  // namespace scxx
