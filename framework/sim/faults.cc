// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/faults.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bpf/custody.h"
#include "bpf/wire.h"
#include "framework/stats/format.h"

namespace scxx::sim {
namespace {

constexpr uint64_t kStream = 0x6661756c7473;  // no task's

enum Kind : uint32_t {
  kDelayAgent,
  kStopAgent,
  kKillAgent,
  kAffinity,
  kNice,
  kKillTask,
  kChangeClass,
  kWake,
  kHostile,
  kHotplug,
  kCgroup,
  kJitter,
  kInterrupt,
  kSuspend,
  kNoMigration,
  // What follows from one of these. The CPU or the task is in the upper half.
  kInterruptEnds,
  kSuspendEnds,
  kNoMigrationEnds,
};
constexpr uint32_t kTargetShift = 16;
constexpr uint32_t kKindMask = (1u << kTargetShift) - 1;
constexpr uint32_t kMaxTarget = 1u << (32 - kTargetShift);

// From the end of a suspension until the scheduler is asked again.
constexpr Nanos kThaw = Millis(1);
// Until a task that was to enable its migration, and does not run, is looked at again.
constexpr Nanos kLookAgain = Micros(100);

struct NamedRate {
  absl::string_view name;
  Nanos FaultRates::* rate;
};
constexpr NamedRate kRates[] = {
    {"delay_agent", &FaultRates::delay_agent},
    {"stop_agent", &FaultRates::stop_agent},
    {"kill_agent", &FaultRates::kill_agent},
    {"affinity", &FaultRates::affinity},
    {"nice", &FaultRates::nice},
    {"kill_task", &FaultRates::kill_task},
    {"change_class", &FaultRates::change_class},
    {"wake", &FaultRates::wake},
    {"hostile", &FaultRates::hostile},
    {"hotplug", &FaultRates::hotplug},
    {"cgroup", &FaultRates::cgroup},
    {"jitter", &FaultRates::jitter},
    {"interrupt", &FaultRates::interrupt},
    {"suspend", &FaultRates::suspend},
    {"no_migration", &FaultRates::no_migration},
};
static_assert(std::size(kRates) == kInterruptEnds);

}  // namespace

bool FaultRates::any() const {
  for (const NamedRate& named : kRates) {
    if (this->*named.rate != Nanos::Zero()) return true;
  }
  return event_ring != 0;
}

std::string ToString(const FaultRates& rates) {
  std::string out;
  for (const NamedRate& named : kRates) {
    if (rates.*named.rate == Nanos::Zero()) continue;
    absl::StrAppend(&out, out.empty() ? "" : " ", named.name, "=", FormatNanos(rates.*named.rate));
  }
  if (rates.event_ring != 0) {
    absl::StrAppend(&out, out.empty() ? "" : " ", "event_ring=", rates.event_ring);
  }
  return out.empty() ? "none" : out;
}

std::vector<std::string> FaultNames() {
  std::vector<std::string> names;
  for (const NamedRate& named : kRates) names.emplace_back(named.name);
  return names;
}

bool SetFault(absl::string_view name, Nanos mean_time, FaultRates* rates) {
  for (const NamedRate& named : kRates) {
    if (named.name != name) continue;
    rates->*named.rate = mean_time;
    return true;
  }
  return false;
}

Faults::Faults(Computer& computer, const FaultRates& rates, Instant until)
    : computer_(computer),
      rates_(rates),
      until_(until),
      random_(computer.options().seed, kStream) {}

void Faults::Start() {
  for (uint32_t kind = 0; kind < std::size(kRates); ++kind) ScheduleNext(kind);
}

void Faults::ScheduleNext(uint32_t kind) {
  const Nanos mean = rates_.*kRates[kind].rate;
  if (mean == Nanos::Zero()) return;
  const Instant at = computer_.now() + random_.Between(Nanos(1), mean * 2);
  if (at < until_) computer_.Schedule(at, SimEventKind::kFault, kind);
}

Population::Task& Faults::AnyTask() {
  const uint64_t n = computer_.population().size();
  // The agent is task 0, and spared.
  return computer_.population().task(n < 2 ? 0 : 1 + static_cast<uint32_t>(random_.Below(n - 1)));
}

int Faults::AnyCpu() {
  // Of those that are there: what could be there besides has no core and no caches.
  const int there = computer_.topology().online().size();
  const auto cpu = static_cast<int>(random_.Below(there));
  return computer_.core().IsOnline(cpu) ? cpu : 0;
}

CpuSet Faults::RandomCpus() {
  const int nr_cpus = computer_.core().nr_cpus();
  if (random_.OneIn(4)) return CpuSet::FirstN(nr_cpus);
  CpuSet cpus;
  cpus.Add(CpuId(static_cast<int>(random_.Below(nr_cpus))));
  for (int cpu = 0; cpu < nr_cpus; ++cpu) {
    if (random_.OneIn(3)) cpus.Add(CpuId(cpu));
  }
  return cpus;
}

void Faults::Inject(const Event& event) {
  if (EndFault(event)) return;
  const uint32_t kind = event.target;
  computer_.trace().Add({.time = computer_.now(), .kind = TraceKind::kFault, .value = kind});
  Population::Task& task = AnyTask();
  const int cpu = AnyCpu();
  if (!task.exited && task.kernel.index != 0) InjectIntoTask(kind, task.kernel, cpu);
  InjectIntoAgent(kind);
  InjectIntoCpu(kind, cpu);
  if (kind != kKillAgent) ScheduleNext(kind);
}

void Faults::FollowUp(Nanos after, uint32_t kind, uint32_t target) {
  computer_.Schedule(computer_.now() + after, SimEventKind::kFault, kind | target << kTargetShift);
}

bool Faults::EndFault(const Event& event) {
  const uint32_t target = event.target >> kTargetShift;
  switch (event.target & kKindMask) {
    case kInterruptEnds:
      computer_.core().EndHigherClass(static_cast<int>(target));
      return true;
    case kSuspendEnds:
      computer_.core().Resume();
      return true;
    case kNoMigrationEnds:
      EnableMigration(target);
      return true;
    default:
      return false;
  }
}

void Faults::InjectIntoAgent(uint32_t kind) {
  switch (kind) {
    case kDelayAgent:
      return computer_.DelayAgent(random_.Between(Nanos(1), rates_.delay));
    case kStopAgent:
      return computer_.StopAgentFor(random_.Between(Nanos(1), rates_.stop));
    case kKillAgent:
      return computer_.KillAgent();
    case kHostile:
      return random_.OneIn(2) ? ScribbleRecords() : ScribbleWords();
    default:
      return;
  }
}

void Faults::InjectIntoTask(uint32_t kind, task_struct& p, int cpu) {
  Core& core = computer_.core();
  switch (kind) {
    case kAffinity:
      return core.SetAllowed(p, RandomCpus(), cpu);
    case kNice:
      return core.SetNice(p, static_cast<int>(random_.Below(40)) - 20, cpu);
    case kKillTask:
      return computer_.population().Kill(p.index, cpu);
    case kChangeClass:
      return core.ChangeClassAndBack(p, cpu);
    case kWake:
      return computer_.population().WakeSpuriously(p.index, cpu);
    case kCgroup:
      return core.MoveCgroup(p, 1 + random_.Below(4), cpu);
    default:
      return;
  }
}

void Faults::InjectIntoCpu(uint32_t kind, int cpu) {
  switch (kind) {
    case kHotplug:
      return Hotplug(static_cast<int>(random_.Below(computer_.core().nr_cpus())));
    case kJitter:
      return computer_.core().SetClockOffset(cpu, Skew());
    case kInterrupt:
      computer_.core().StartHigherClass(cpu);
      return FollowUp(random_.Between(Nanos(1), rates_.interruption), kInterruptEnds,
                      static_cast<uint32_t>(cpu));
    case kSuspend:
      return Suspend();
    case kNoMigration:
      return DisableMigration(cpu);
    default:
      return;
  }
}

void Faults::Hotplug(int cpu) {
  if (cpu == 0) return;
  // A kernel waits for who may not leave the CPU.
  for (uint32_t i = 0; i < computer_.population().size(); ++i) {
    const task_struct& task = computer_.population().task(i).kernel;
    if (task.migration_disabled != 0 && task.cpu == cpu) return;
  }
  computer_.SetOnline(cpu, !computer_.core().IsOnline(cpu));
}

// To memory, so that the kernel takes all tasks back before and asks the scheduler afterwards; or
// by the host of a virtual machine, of which nobody is told.
void Faults::Suspend() {
  const Nanos time = random_.Between(Nanos(1), rates_.suspension);
  if (random_.OneIn(2)) {
    computer_.core().Suspend();
    FollowUp(time + kThaw, kSuspendEnds, 0);
  }
  computer_.StopCpus(time);
}

// ---- migrate_disable() ----

void Faults::DisableMigration(int cpu) {
  const task_struct* const p = computer_.core().curr(cpu);
  if (p == nullptr || p->index == 0 || p->index >= kMaxTarget || p->migration_disabled != 0) return;
  computer_.core().DisableMigration(cpu);
  FollowUp(random_.Between(Nanos(1), rates_.stay), kNoMigrationEnds, p->index);
}

// Only the task itself can do it.
void Faults::EnableMigration(uint32_t index) {
  const Population::Task& task = computer_.population().task(index);
  if (task.exited) return;
  if (!task.kernel.running) return FollowUp(kLookAgain, kNoMigrationEnds, index);
  computer_.core().EnableMigration(task.kernel.cpu);
}

Nanos Faults::Skew() { return random_.Between(Nanos::Zero(), rates_.skew * 2) - rates_.skew; }

// ---- the agent's process writes where it can ----

void Faults::ScribbleRecords() {
  const scxx_config& config = computer_.dispatcher_state().config();
  const auto ring = static_cast<uint32_t>(random_.Below(config.nr_cpus + 1));
  auto& target = computer_.dispatcher_state().memory().dispatch.at<scxx_dispatch_ring>(ring);
  if (random_.OneIn(2)) return MisdirectRecord(target);
  for (int i = 0; i < 4; ++i) {
    target.records[random_.Below(SCXX_DISPATCH_RING)] = {
        .slot = static_cast<uint32_t>(random_.OneIn(4) ? random_.Next() : random_.Below(32)),
        .enq_cnt = static_cast<uint32_t>(random_.Below(64)),
        .slice =
            static_cast<uint32_t>(random_.OneIn(2) ? random_.Next() : random_.Below(1'000'000)),
        .pace = static_cast<uint32_t>(random_.Next()),
        .vtime = random_.Next(),
        .flags = static_cast<uint32_t>(random_.Next()),
        .lead = static_cast<int32_t>(random_.Next())};
  }
  target.tail = random_.OneIn(2) ? random_.Next() : target.tail + random_.Below(4);
}

// A record that is true, but perhaps for a CPU where its task may not run.
void Faults::MisdirectRecord(scxx_dispatch_ring& ring) {
  const task_struct& p = AnyTask().kernel;
  if (p.slot < 0) return;
  const auto& task = *computer_.dispatcher_state().maps().tasks.Find<scxx_task>(p.slot);
  ring.records[ring.tail % SCXX_DISPATCH_RING] = {.slot = static_cast<uint32_t>(p.slot),
                                                  .enq_cnt = custody_count(task.custody),
                                                  .slice = 0,
                                                  .pace = 0,
                                                  .vtime = 0,
                                                  .flags = 0,
                                                  .lead = 0};
  ++ring.tail;
}

void Faults::ScribbleWords() {
  auto& agent = computer_.dispatcher_state().memory().agent.at<scxx_agent>(0);
  const uint64_t cpu = random_.Below(computer_.core().nr_cpus());
  switch (random_.Below(5)) {
    case 0:
      agent.pending = random_.Below(2);
      break;
    case 1:
      agent.nr_queued = random_.Next();
      break;
    case 2:
      agent.kick_idle[cpu / 64] = random_.Next();
      agent.kick_preempt[cpu / 64] = random_.Next();
      break;
    case 3:
      agent.event_head[cpu] = random_.Next();
      break;
    default:
      agent.gone_head = random_.Next();
      break;
  }
}

}  // namespace scxx::sim
