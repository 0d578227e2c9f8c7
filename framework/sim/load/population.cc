// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/load/population.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "framework/base/check.h"

namespace scxx::sim {
namespace {

constexpr int kFirstPid = 100;
// A list of steps without a pause: after so many the task uses some CPU time all the same.
constexpr int kMaxFreeSteps = 16;
// Alive at a time: below the dispatcher's slots. A fork beyond it fails, as at a limit of
// processes.
constexpr size_t kMaxForked = 3'500;

// Of the kind that the step's object is; none for a step that is not about locks.
size_t* CountFor(StepKind kind, Locks::Counts* counts) {
  switch (kind) {
    case StepKind::kLock:
    case StepKind::kUnlock:
      return &counts->mutexes;
    case StepKind::kCondWait:
    case StepKind::kSignal:
    case StepKind::kBroadcast:
      return &counts->conditions;
    case StepKind::kBarrier:
      return &counts->barriers;
    case StepKind::kTake:
    case StepKind::kGive:
      return &counts->semaphores;
    case StepKind::kSuspend:
    case StepKind::kResume:
      return &counts->bells;
    default:
      return nullptr;
  }
}

Locks::Counts CountLocks(const Workload& workload) {
  Locks::Counts counts{.semaphores = workload.semaphores.size()};
  const auto note = [](uint32_t number, size_t* count) {
    *count = std::max<size_t>(*count, number + 1);
  };
  for (const TaskGroup& group : workload.groups) {
    for (const Step& step : group.steps) {
      if (size_t* const count = CountFor(step.kind, &counts)) note(step.object, count);
      if (step.kind == StepKind::kCondWait) note(step.mutex, &counts.mutexes);
    }
  }
  return counts;
}

std::vector<std::vector<uint32_t>> ObjectsByGroup(const Workload& workload, StepKind kind) {
  std::vector<std::vector<uint32_t>> objects;
  for (const TaskGroup& group : workload.groups) {
    std::set<uint32_t> named;
    for (const Step& step : group.steps) {
      if (step.kind == kind) named.insert(step.object);
    }
    objects.emplace_back(named.begin(), named.end());
  }
  return objects;
}

}  // namespace

Population::Population(const Workload& workload, uint64_t seed, const TaskCosts& costs,
                       EventQueue& queue)
    : workload_(workload),
      seed_(seed),
      costs_(costs),
      queue_(queue),
      members_(workload.groups.size()),
      stats_(workload.groups.size()),
      locks_(CountLocks(workload)),
      barriers_(ObjectsByGroup(workload, StepKind::kBarrier)),
      bells_(ObjectsByGroup(workload, StepKind::kSuspend)) {
  SetSemaphores();
  Task& agent = tasks_.emplace_back();
  agent.kernel.pid = agent.kernel.tgid = kAgentPid;
  snprintf(agent.kernel.comm, sizeof(agent.kernel.comm), "agent");
}

// ---- birth and death ----

Population::Task& Population::Spawn(uint32_t group, int parent_cpu) {
  const TaskGroup& spec = workload_.groups[group];
  Task& task = tasks_.emplace_back();
  const auto index = static_cast<uint32_t>(tasks_.size() - 1);
  task.group = group;
  task.number = static_cast<uint32_t>(members_[group].size());
  task.random = Random(seed_, index);
  task.began = queue_.now();
  task.first_due = began_;
  task.step = spec.in_pairs && task.number % 2 == 1 && !spec.steps.empty()
                  ? static_cast<uint32_t>(spec.steps.size()) - 1
                  : 0;
  members_[group].push_back(index);
  ++stats_[group].tasks;
  task_struct& p = task.kernel;
  p.index = index;
  p.pid = p.tgid = kFirstPid + static_cast<int>(index);
  p.static_prio = 120 + spec.nice;
  p.policy = spec.policy;
  p.uid = spec.uid;
  p.cgroup = spec.cgroup;
  p.scx.weight = KernelWeight(p);
  task.budget = spec.budget;
  if (spec.kthread) p.flags |= PF_KTHREAD;
  p.allowed.cpus = AllowedOf(spec, task.number);
  snprintf(p.comm, sizeof(p.comm), "%s", spec.name.c_str());
  JoinLocks(task);
  core_->Fork(p, parent_cpu);
  return task;
}

CpuSet Population::AllowedOf(const TaskGroup& spec, uint32_t number) const {
  if (!spec.per_cpu) return spec.allowed.value_or(CpuSet::FirstN(core_->nr_cpus()));
  CpuId cpu = core_->online().First();
  for (uint32_t i = number % core_->online().size(); i > 0; --i) cpu = core_->online().After(cpu);
  return CpuSet::Only(cpu);
}

void Population::SetCore(Core& core) {
  core_ = &core;
  if (const std::optional<CpuSet> allowed = AgentAllowed()) agent().allowed.cpus = *allowed;
}

std::optional<CpuSet> Population::AgentAllowed() const {
  if (workload_.setting.agent_cpu < 0) return workload_.setting.agent_allowed;
  return CpuSet::Only(CpuId(workload_.setting.agent_cpu));
}

void Population::ForkAll() {
  if (!AgentAllowed()) agent().allowed.cpus = CpuSet::FirstN(core_->nr_cpus());
  burst_generations_.resize(core_->nr_cpus());
  began_ = queue_.now();
  for (uint32_t group = 0; group < workload_.groups.size(); ++group) {
    for (int i = 0; i < workload_.groups[group].count; ++i) Spawn(group, 0);
  }
}

void Population::ExitTask(Task& task, int cpu) {
  task.exited = true;
  ++exited_;
  LeaveLocks(task, cpu);
  core_->Exit(cpu);
}

std::vector<task_struct*> Population::Alive() {
  std::vector<task_struct*> alive;
  for (Task& task : tasks_) {
    if (!task.exited) alive.push_back(&task.kernel);
  }
  return alive;
}

// ---- CPU time ----

bool Population::RunsATask(CpuId cpu) const {
  const task_struct* p = core_->curr(cpu.value());
  return p != nullptr && p->index != 0;
}

bool Population::SharesCore(int cpu) const {
  const CpuGroups& cores = core_->topology().cores();
  const auto busy = [&](CpuId other) { return other != CpuId(cpu) && RunsATask(other); };
  const CpuSet& own = cores.Of(CpuId(cpu));
  if (std::none_of(own.begin(), own.end(), busy)) return false;
  return std::any_of(cores.sets().begin(), cores.sets().end(), [&](const CpuSet& core) {
    return std::none_of(core.begin(), core.end(),
                        [&](CpuId c) { return c == CpuId(cpu) || RunsATask(c); });
  });
}

void Population::OnRunning(task_struct& p, int cpu) {
  Task& task = tasks_[p.index];
  if (p.index != 0) {
    GroupStats& stats = stats_[task.group];
    ++stats.switches;
    if (task.last_cpu >= 0 && task.last_cpu != cpu) {
      const CpuGroups& caches = core_->topology().llcs();
      ++stats.migrations;
      stats.cache_migrations += caches.IndexOf(CpuId(task.last_cpu)) != caches.IndexOf(CpuId(cpu));
    }
    if (task.woken_at != Instant()) {
      const Nanos latency = queue_.now() - task.woken_at;
      stats.wakeup_latency.Add(HistogramBuckets::IndexOf(latency), 1);
      stats.max_latency = std::max(stats.max_latency, latency);
      stats.shared_cores += SharesCore(cpu);
      task.woken_at = Instant();
    }
  }
  task.last_cpu = cpu;
  Arm(cpu);
}

void Population::OnStopping(task_struct&, int cpu) { ++burst_generations_[cpu]; }

void Population::Arm(int cpu) {
  const Nanos burst = BurstLeft(tasks_[core_->curr(cpu)->index]);
  queue_.Schedule(queue_.now() + std::max(burst, Nanos(1)), SimEventKind::kBurst, cpu,
                  ++burst_generations_[cpu]);
}

void Population::ArmAll() {
  for (int cpu = 0; cpu < core_->nr_cpus(); ++cpu) {
    if (core_->curr(cpu) != nullptr) Arm(cpu);
  }
}

void Population::OnBurstEnd(int cpu, uint32_t generation) {
  if (generation != burst_generations_[cpu]) return;
  core_->Charge(cpu);
  task_struct& p = *core_->curr(cpu);
  if (!HasRun(tasks_[p.index]) && p.policy == kSchedDeadline) {
    // Its budget is used, or was the last period's.
    if (queue_.now() >= tasks_[p.index].period_end) return Arm(cpu);
    return Throttle(tasks_[p.index], cpu);
  }
  p.burst = 0;
  tasks_[p.index].runs_until.reset();
  if (p.index == 0) {
    agent_burst_ended_ = true;
  } else {
    Execute(tasks_[p.index], cpu);
  }
}

// ---- steps ----

void Population::Advance(Task& task) {
  const TaskGroup& spec = workload_.groups[task.group];
  if (++task.step < spec.steps.size()) return;
  task.step = spec.repeat_from;
  ++task.loop;
}

bool Population::GoesBack(Task& task, const Step& step) const {
  if (++task.rounds < step.times) {
    task.step = step.object;
    return true;
  }
  task.rounds = 0;
  return false;
}

void Population::Execute(Task& task, int cpu) {
  const TaskGroup& spec = workload_.groups[task.group];
  if (task.killed) return ExitTask(task, cpu);
  if (locks_.Waits(task.kernel.index)) return SleepForEver(task, cpu);  // woken for nothing
  for (int i = 0; i < kMaxFreeSteps; ++i) {
    if (spec.steps.empty() || (spec.loops != 0 && task.loop >= spec.loops)) {
      return ExitTask(task, cpu);
    }
    const Step& step = spec.steps[task.step];
    if (step.kind == StepKind::kAgain && GoesBack(task, step)) continue;
    if (step.kind != StepKind::kWait) Advance(task);
    if (DoStep(task, step, cpu)) return;
  }
  Spend(task, costs_.syscall, cpu);
}

bool Population::DoStep(Task& task, const Step& step, int cpu) {
  const Nanos time = task.random.Between(step.time, step.time + step.spread);
  switch (step.kind) {
    case StepKind::kRun:
    case StepKind::kRunUntil:
      if (time <= Nanos::Zero()) return false;
      if (step.kind == StepKind::kRunUntil) task.runs_until = queue_.now() + time;
      Spend(task, time, cpu);
      return true;
    case StepKind::kSleep:
      SleepUntil(task, queue_.now() + time, cpu);
      return true;
    case StepKind::kDelay:
      return DoDelay(task, time, cpu);
    case StepKind::kPeriod:
      DoPeriod(task, time, cpu);
      return true;
    case StepKind::kTimer:
      return DoTimer(task, step, cpu);
    case StepKind::kYield:
      task.kernel.burst = costs_.syscall.count();
      if (task.kernel.policy == kSchedDeadline) {
        Throttle(task, cpu);  // it gives the rest of its budget
        return true;
      }
      core_->Yield(cpu);
      if (core_->curr(cpu) == &task.kernel) Arm(cpu);
      return true;
    case StepKind::kPost:
      DoPost(task, step, cpu);
      return true;
    case StepKind::kWait:
      return TakeMessage(task, cpu);
    case StepKind::kFork:
      if (tasks_.size() - exited_ < kMaxForked) Spawn(step.group, cpu);
      Spend(task, costs_.fork, cpu);
      return true;
    case StepKind::kExit:
      ExitTask(task, cpu);
      return true;
    case StepKind::kNice:
      core_->SetNice(task.kernel, static_cast<int>(task.random.Below(21)) - 10, cpu);
      Spend(task, costs_.syscall, cpu);
      return true;
    case StepKind::kAffinity:
      task.kernel.burst = costs_.syscall.count();
      core_->SetAllowed(task.kernel, RandomCpus(task.random), cpu);
      if (core_->curr(cpu) == &task.kernel) Arm(cpu);
      return true;
    case StepKind::kAgain:
      return false;
    case StepKind::kChange:
      TakeOn(task, workload_.groups[task.group].changes[step.object], cpu);
      return true;
    case StepKind::kLock:
    case StepKind::kUnlock:
    case StepKind::kCondWait:
    case StepKind::kSignal:
    case StepKind::kBroadcast:
    case StepKind::kBarrier:
    case StepKind::kTake:
    case StepKind::kGive:
    case StepKind::kSuspend:
    case StepKind::kResume:
      return DoLockStep(task, step, cpu);
  }
  return false;
}

void Population::Spend(Task& task, Nanos time, int cpu) {
  task.kernel.burst = time.count();
  Arm(cpu);
}

// Any of the changes may take the task off its CPU.
void Population::TakeOn(Task& task, const Attributes& attributes, int cpu) {
  task_struct& p = task.kernel;
  p.burst = costs_.syscall.count();
  if (attributes.cgroup) core_->MoveCgroup(p, *attributes.cgroup, cpu);
  if (attributes.sched_class) {
    task.budget = attributes.sched_class->budget;
    task.period_end = queue_.now();
    core_->SetClass(p, attributes.sched_class->policy, attributes.sched_class->nice, cpu);
  }
  if (attributes.allowed) core_->SetAllowed(p, *attributes.allowed, cpu);
  if (p.running) Arm(p.cpu);
}

CpuSet Population::RandomCpus(Random& random) const {
  CpuSet cpus;
  cpus.Add(CpuId(static_cast<int>(random.Below(core_->nr_cpus()))));
  for (int cpu = 0; cpu < core_->nr_cpus(); ++cpu) {
    if (random.OneIn(2)) cpus.Add(CpuId(cpu));
  }
  return cpus;
}

// ---- sleeping and waking ----

void Population::SleepUntil(Task& task, Instant time, int cpu) {
  task.asleep = true;
  queue_.Schedule(time, SimEventKind::kWake, task.kernel.index, ++task.wake_generation);
  core_->Block(cpu);
}

void Population::SleepForEver(Task& task, int cpu) {
  task.asleep = task.for_ever = true;
  ++asleep_for_ever_;
  if (locks_.waiting() > 0) FindDeadlock();
  core_->Block(cpu);
}

void Population::OnWake(uint32_t index, uint32_t generation) {
  Task& task = tasks_[index];
  if (generation != task.wake_generation) return;
  // The timer interrupts the CPU on which the task went to sleep.
  Wake(task, core_->IsOnline(task.kernel.cpu) ? task.kernel.cpu : 0);
}

void Population::WakeSpuriously(uint32_t index, int waker_cpu) {
  Task& task = tasks_[index];
  if (task.asleep && index != 0) Wake(task, waker_cpu);
}

void Population::Kill(uint32_t index, int waker_cpu) {
  Task& task = tasks_[index];
  task.killed = killed_any_ = true;
  // A running one finds out at its next tick; here, at the end of its burst.
  if (task.asleep) Wake(task, waker_cpu);
}

void Population::Wake(Task& task, int waker_cpu) {
  ++task.wake_generation;
  task.asleep = false;
  asleep_for_ever_ -= std::exchange(task.for_ever, false);
  if (!std::exchange(task.throttled, false)) {
    task.woken_at = queue_.now();
    if (task.kernel.index != 0) ++stats_[task.group].wakeups;
  }
  core_->Wake(task.kernel, waker_cpu);
}

bool Population::TakeMessage(Task& task, int cpu) {
  if (task.inbox > 0) {
    --task.inbox;
    Advance(task);
    return false;
  }
  SleepForEver(task, cpu);
  return true;
}

Population::Task& Population::Receiver(const Task& task, const Step& step) {
  const std::vector<uint32_t>& members = members_[task.group];
  uint32_t number = task.number;
  if (step.to == PostTo::kPartner) number ^= 1;
  if (step.to == PostTo::kNext) ++number;
  return tasks_[members[number % members.size()]];
}

void Population::DoPost(Task& task, const Step& step, int cpu) {
  Task& receiver = Receiver(task, step);
  task.kernel.burst = costs_.syscall.count();
  if (!receiver.exited) {
    ++receiver.inbox;
    if (receiver.for_ever && !locks_.Waits(receiver.kernel.index)) {
      task.kernel.burst = costs_.wake.count();
      Wake(receiver, cpu);
    }
  }
  Arm(cpu);
}

// ---- the agent ----

void Population::StartAgentBurst(Nanos time) {
  SCXX_CHECK(agent().running, "the agent acts only while it runs");
  agent_burst_ended_ = false;
  core_->Charge(agent().cpu);
  agent().burst = time.count();
  Arm(agent().cpu);
}

void Population::YieldAgent(Nanos time) {
  SCXX_CHECK(agent().running, "the agent acts only while it runs");
  agent_burst_ended_ = false;
  const int cpu = agent().cpu;
  core_->Charge(cpu);
  agent().burst = time.count();
  core_->Yield(cpu);
  if (core_->curr(cpu) == &agent()) Arm(cpu);
}

void Population::StopAgent(Nanos time) {
  Task& task = tasks_.front();
  agent_burst_ended_ = false;
  task.asleep = true;
  const uint32_t generation = ++task.wake_generation;
  queue_.Schedule(queue_.now() + time, SimEventKind::kWake, 0, generation);
  core_->Block(agent().cpu);
}

void Population::ExitAgent() {
  agent_burst_ended_ = false;
  ExitTask(tasks_.front(), agent().cpu);
}

// ---- figures ----

std::vector<GroupStats> Population::Stats() const {
  std::vector<GroupStats> stats = stats_;
  for (const Task& task : tasks_) {
    if (task.kernel.index == 0) continue;
    stats[task.group].cpu_time += Nanos(static_cast<int64_t>(task.kernel.se.sum_exec_runtime));
  }
  return stats;
}

}  // namespace scxx::sim
