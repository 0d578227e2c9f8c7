// SPDX-License-Identifier: Apache-2.0
#include "bpf/testing/test_kernel.h"

#include <bit>
#include <cstdio>
#include <set>

namespace scxx {
namespace {

constexpr uint64_t kMillisecond = 1'000'000;
constexpr uint64_t kDefaultSlice = 20 * kMillisecond;
// CPUs tick when a test says so.
constexpr sim::CoreCosts kNoCosts = {.tick = Seconds(1'000'000), .ipi = {}, .context_switch = {}};

}  // namespace

scxx_config TestConfig(uint32_t nr_cpus, uint32_t max_tasks) {
  scxx_config config = {};
  config.nr_cpus = config.nr_online = config.online_end = nr_cpus;
  for (uint32_t cpu = 0; cpu < nr_cpus; ++cpu) config.online[cpu / 64] |= 1ull << (cpu % 64);
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

scxx_config TestConfigOnline(uint64_t online, uint32_t nr_cpus) {
  scxx_config config = TestConfig(nr_cpus, 512);
  config.online[0] = online;
  config.nr_online = static_cast<uint32_t>(std::popcount(online));
  config.online_end = static_cast<uint32_t>(std::bit_width(online));
  return config;
}

TestKernel::TestKernel(const scxx_config& config, sim::MakeDispatcher make)
    : topology_(Topology::Synthetic({.cores_per_llc = static_cast<int>(config.nr_cpus)})),
      core_(topology_, kNoCosts, queue_, trace_, *this),
      state_(core_, config, kAgentPid) {
  trace_.SetSink([this](const sim::TraceRecord& record) { Log(record); });
  if (make == nullptr) return;
  core_.CreateDsq(KERNEL_DSQ);
  core_.CreateDsq(AGENT_DSQ);
  for (uint32_t cpu = 0; cpu < config.nr_cpus; ++cpu) core_.CreateDsq(CPU_DSQ + 1 + cpu);
  ops_ = make(state_);
  core_.Attach(*ops_, {});
  core_.SetTimer(Nanos(static_cast<int64_t>(config.timer_busy)));  // as scxx.bpf.c begins
}

// The core records a callback before it makes it: the one before has returned. A kick comes in the
// middle of one.
void TestKernel::Log(const sim::TraceRecord& record) {
  if (record.kind == sim::TraceKind::kKick) {
    kicks_.push_back({static_cast<uint32_t>(record.cpu), static_cast<uint32_t>(record.value >> 8),
                      record.value & 0xff});
  } else if (observer_) {
    observer_();
  }
}

// ---- Tasks ----

CpuSet TestKernel::CpusOf(uint64_t mask) const {
  CpuSet cpus;
  cpus.set_word(0, mask);
  return cpus & CpuSet::FirstN(core_.nr_cpus());
}

task_struct& TestKernel::NewTask(const TaskOptions& options) {
  task_struct& p = tasks_.emplace_back();
  p.index = static_cast<uint32_t>(tasks_.size()) - 1;
  p.pid = options.pid;
  p.tgid = options.tgid == 0 ? options.pid : options.tgid;
  p.uid = options.uid;
  p.flags = options.flags;
  p.cpu = options.cpu;
  p.allowed.cpus = CpusOf(options.allowed);
  snprintf(p.comm, sizeof(p.comm), "task-%d", options.pid);
  return p;
}

task_struct& TestKernel::Spawn(const TaskOptions& options) {
  task_struct& p = NewTask(options);
  p.scx.slice = kDefaultSlice;
  OnCpu here(*this, 0);
  core_.tasks_.push_back(&p);
  core_.InitTask(p);
  return p;
}

void TestKernel::Block(int cpu) {
  if (!idle(cpu)) core_.Block(cpu);
}

void TestKernel::Yield(int cpu) {
  if (!idle(cpu)) core_.Yield(cpu);
}

void TestKernel::SetAllowed(task_struct& p, uint64_t allowed, int cpu) {
  core_.SetAllowed(p, CpusOf(allowed), cpu);
}

void TestKernel::LeaveClass(task_struct& p, int cpu) {
  OnCpu here(*this, static_cast<uint32_t>(cpu));
  if (p.running) {
    core_.Block(p.cpu);
  } else {
    core_.Dequeue(p, sim::kDequeueSchedChange);
  }
  ops_->Disable(p);
  p.enabled = false;
}

// ---- Time ----

void TestKernel::Run(uint64_t ns) {
  queue_.Skip(Nanos(static_cast<int64_t>(ns)));
  for (int cpu = 0; cpu < core_.nr_cpus(); ++cpu) {
    if (curr(cpu) == nullptr) continue;
    core_.Deliver({.order = static_cast<uint64_t>(sim::SimEventKind::kTick) << 56,
                   .target = static_cast<uint32_t>(cpu)});
  }
  // Kicks are delivered by Settle().
  std::vector<sim::Event> later;
  while (!queue_.empty() && queue_.next_time() <= queue_.now()) {
    const sim::Event event = queue_.Pop();
    if (event.kind() == sim::SimEventKind::kTimer) {
      core_.Deliver(event);
    } else {
      later.push_back(event);
    }
  }
  for (const sim::Event& event : later) {
    queue_.Schedule(queue_.now(), event.kind(), event.target, event.generation);
  }
}

// False: a lost kick was all that it was about.
bool TestKernel::DeliverIpi(const sim::Event& event) {
  if (core_.cpus_[event.target].ipi_flags == 0) return false;
  core_.Deliver(event);
  return true;
}

bool TestKernel::Settle(int limit) {
  limit *= core_.nr_cpus();
  std::vector<sim::Event> later;
  while (limit > 0 && !queue_.empty() && queue_.next_time() <= queue_.now()) {
    const sim::Event event = queue_.Pop();
    if (event.kind() == sim::SimEventKind::kIpi) {
      limit -= DeliverIpi(event);
    } else {
      later.push_back(event);
    }
  }
  for (const sim::Event& event : later) {
    queue_.Schedule(queue_.now(), event.kind(), event.target, event.generation);
  }
  kicks_.clear();
  core_.ForgetTouched();
  return limit > 0;
}

std::vector<TestKernel::SentKick> TestKernel::TakeKicks() {
  for (const SentKick& kick : kicks_) core_.cpus_[kick.cpu].ipi_flags &= ~kick.flags;
  return std::exchange(kicks_, {});
}

// ---- State ----

uint64_t TestKernel::DsqOf(const task_struct& p) const {
  if (p.dsq == nullptr) return 0;
  for (const auto& [id, dsq] : core_.user_dsqs_) {
    if (dsq.get() == p.dsq) return id;
  }
  return SCX_DSQ_LOCAL;
}

std::vector<task_struct*> TestKernel::Contents(uint64_t dsq, uint32_t cpu) const {
  const sim::Dsq* held = &core_.local(static_cast<int>(cpu));
  for (const auto& [id, user] : core_.user_dsqs_) {
    if (id == dsq) held = user.get();
  }
  std::vector<task_struct*> tasks;
  for (task_struct* p = held->front(); p != nullptr; p = p->dsq_next) tasks.push_back(p);
  return tasks;
}

uint64_t TestKernel::Count(scxx_counter counter) const {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < config().nr_cpus; ++i) sum += cpu(i).counters[counter];
  return sum;
}

uint64_t TestKernel::TasksInCustody() const {
  uint64_t n = 0;
  for (uint32_t i = 0; i < config().max_tasks; ++i) n += (slot(i).custody & 3) == SCXX_CUSTODY_USER;
  return n;
}

std::vector<std::string> TestKernel::errors() const {
  std::vector<std::string> errors;
  if (!core_.error().empty()) errors.push_back(core_.error());
  const std::set<uint32_t> free(state_.free_slots().begin(), state_.free_slots().end());
  if (free.size() != state_.free_slots().size()) errors.emplace_back("a slot was freed twice");
  return errors;
}

// ---- Single callbacks ----

void TestKernel::CallEnqueue(task_struct& p, uint64_t flags) {
  if (p.dsq != nullptr) core_.Abort("a task is in two DSQs");
  if (!p.on_rq) core_.JoinRunQueue(p);
  p.scx.flags |= SCX_TASK_QUEUED;
  core_.CallEnqueue(p, flags);
}

void TestKernel::CallDispatch(const std::function<void()>& callback) {
  core_.context_ = sim::Core::Context::kDispatch;
  core_.moved_ = 0;
  sim::Core::Cpu& here = core_.cpus_[core_.here_];
  here.in_dispatch = true;
  callback();
  core_.Flush();
  here.in_dispatch = false;
  core_.context_ = sim::Core::Context::kNone;
}

void TestKernel::Dequeue(task_struct& p) { core_.Dequeue(p, 0); }

}  // namespace scxx
