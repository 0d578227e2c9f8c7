// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/computer.h"

#include <algorithm>
#include <utility>

#include "framework/channel/default_config.h"
#include "framework/sim/core/kernel_types.h"

namespace scxx::sim {
namespace {

constexpr Nanos kSyscall = Nanos(300);
// Closing everything, opening and loading it again.
constexpr Nanos kReload = Millis(10);
// So many events without time passing: a CPU that kicks itself for ever, say.
constexpr uint64_t kMaxEventsAtOnce = 100'000;

}  // namespace

Computer::Computer(const Topology& topology, const Workload& workload,
                   const ComputerOptions& options)
    : topology_(topology),
      options_(options),
      population_(workload, options.seed, options.tasks, queue_),
      core_(topology, options.core, queue_, trace_, population_),
      decisions_(options.config.max_tasks),
      end_(queue_.now() + options.duration),
      next_watchdog_(queue_.now()) {
  population_.SetCore(core_);
}

void Computer::Start() {
  Load();
  Attach();
}

bool Computer::Load() {
  if (attachments_ > 0) {
    if (!AgentWork(kReload)) return false;
    for (uint32_t i = 0; i < SCXX_NR_COUNTERS; ++i) past_counts_[i] += CountNow(i);
  }
  scxx_config config = options_.config;
  scxx::SetOnline(core_.online(), &config);
  SetCores(core_.topology().WithOnline(core_.online()).cores(), &config);
  state_ = std::make_unique<DispatcherState>(core_, config, kAgentPid);
  dispatcher_ = options_.dispatcher(*state_);
  return true;
}

void Computer::Attach() {
  std::fill(decisions_.begin(), decisions_.end(), 0);
  ++attachments_;
  core_.CreateDsq(KERNEL_DSQ);
  core_.CreateDsq(AGENT_DSQ);
  for (int cpu = 0; cpu < core_.nr_cpus(); ++cpu) core_.CreateDsq(CPU_DSQ + 1 + cpu);
  if (attachments_ == 1) return StartTasks();
  core_.Attach(*dispatcher_, population_.Alive());
}

void Computer::StartTasks() {
  core_.Attach(*dispatcher_, {&population_.agent()});
  population_.ForkAll();
  population_.agent().burst = kSyscall.count();
  core_.Wake(population_.agent(), 0);
  RunUntilAgent();
}

void Computer::Detach() {
  if (!over_ && core_.attached()) core_.Detach();
}

uint64_t Computer::CountNow(uint32_t counter) const {
  uint64_t sum = 0;
  for (int cpu = 0; cpu < core_.nr_cpus(); ++cpu) {
    sum += state_->maps().cpus.Find<scxx_cpu>(cpu)->counters[counter];
  }
  return sum;
}

void Computer::SetOnline(int cpu, bool online) {
  CpuSet left = core_.online();
  left.Remove(CpuId(cpu));
  for (task_struct* p : population_.Alive()) {
    if (!online && (p->allowed.cpus & left).empty()) core_.SetAllowed(*p, left, 0);
  }
  core_.SetOnline(cpu, online);
}

// ---- time ----

void Computer::StopCpus(Nanos time) {
  core_.StopCpus(time);
  population_.ArmAll();
  stood_ += time;
}

void Computer::Step() {
  // Without an agent and tasks nothing happens any more.
  if (queue_.empty() || queue_.next_time() >= end_) {
    over_ = true;
    return;
  }
  const Event event = queue_.Pop();
  switch (event.kind()) {
    case SimEventKind::kBurst:
      population_.OnBurstEnd(static_cast<int>(event.target), event.generation);
      break;
    case SimEventKind::kWake:
      population_.OnWake(event.target, event.generation);
      break;
    case SimEventKind::kFault:
    case SimEventKind::kCheck:
      if (handler_) handler_(event);
      break;
    default:
      core_.Deliver(event);
  }
  HandleWatchdog();
  CheckProgress();
  if (!core_.error().empty()) End("ejected: " + core_.error());
  if (!population_.failure().empty()) End(population_.failure());
  if (observer_) observer_(event);
  core_.ForgetTouched();
}

// Statement S13: twice in a timeout.
void Computer::HandleWatchdog() {
  if (queue_.now() < next_watchdog_) return;
  next_watchdog_ = queue_.now() + watchdog_timeout() / 2;
  core_.CheckWatchdog();
}

void Computer::CheckProgress() {
  events_at_once_ = queue_.now() == last_time_ ? events_at_once_ + 1 : 0;
  last_time_ = queue_.now();
  if (events_at_once_ == kMaxEventsAtOnce) End("livelock: time does not pass");
}

void Computer::End(absl::string_view why) {
  over_ = true;
  if (failure_.empty()) failure_ = std::string(why);
}

bool Computer::RunUntilAgent() {
  while (!over_) {
    if (population_.agent_burst_ended()) {
      if (stop_for_ == Nanos::Zero() && !killed_) return true;
      HandleSignals();
    }
    Step();
  }
  return false;
}

// ---- signals: handled on the way back to user space ----

void Computer::StopAgentFor(Nanos time) {
  stop_for_ = time;
  state_->SetSignalPending(true);
}

void Computer::KillAgent() {
  killed_ = true;
  state_->SetSignalPending(true);
}

void Computer::HandleSignals() {
  state_->SetSignalPending(false);
  if (killed_) {
    // Its link to the kernel closes as it exits.
    core_.Detach();
    return population_.ExitAgent();
  }
  population_.StopAgent(std::exchange(stop_for_, Nanos::Zero()));
}

// ---- the agent ----

bool Computer::AgentWork(Nanos time) {
  if (over_) return false;
  const Nanos all = time + std::exchange(delay_, Nanos::Zero());
  if (all <= Nanos::Zero()) return true;
  population_.StartAgentBurst(all);
  return RunUntilAgent();
}

bool Computer::AgentYield() {
  if (over_) return false;
  population_.YieldAgent(kSyscall);
  return RunUntilAgent();
}

}  // namespace scxx::sim
