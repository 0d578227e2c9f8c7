// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/sim_machine.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "framework/channel/dispatcher_stats.h"
#include "framework/sim/core/event_queue.h"

namespace scxx::sim {
namespace {

// Targets of the kCheck events that a timetable puts on the agenda: one of these, and the life.
constexpr uint32_t kTick = 1;
constexpr uint32_t kEnd = 2;
constexpr uint32_t kTargets = 4;

}  // namespace

// ---- names ----

std::vector<int32_t> SimMachine::Names::ThreadsNamed(absl::string_view comm, size_t most) const {
  std::vector<int32_t> threads;
  for (size_t i = 0; i < population_.size() && threads.size() < most; ++i) {
    const Population::Task& task = population_.task(static_cast<uint32_t>(i));
    if (!task.exited && task.kernel.comm == comm) threads.push_back(task.kernel.pid);
  }
  return threads;
}

std::string SimMachine::Names::NameOf(int32_t pid) const {
  for (size_t i = 0; i < population_.size(); ++i) {
    const Population::Task& task = population_.task(static_cast<uint32_t>(i));
    if (!task.exited && task.kernel.pid == pid) return task.kernel.comm;
  }
  return "";
}

// ---- a life ----

absl::StatusOr<std::unique_ptr<Machine>> SimMachine::Load(Computer& computer,
                                                          const AgentCosts& costs) {
  if (!computer.Load()) return absl::CancelledError("the simulated run is over");
  return std::unique_ptr<Machine>(new SimMachine(computer, costs));
}

SimMachine::SimMachine(Computer& computer, const AgentCosts& costs)
    : computer_(computer), backend_(computer, costs, &stop_), names_(computer.population()) {}

std::string SimMachine::Description() const {
  return absl::StrCat("a simulated machine of ", computer_.core().nr_cpus(), " CPUs");
}

SimMachine::~SimMachine() {
  if (attached_) Detach();
  if (keeps_time_) computer_.SetHandler({});
}

bool SimMachine::KeepsTime(const Timetable& timetable) {
  timetable_ = timetable;
  keeps_time_ = true;
  computer_.SetHandler([this](const Event& event) { OnTime(event.target); });
  return true;
}

absl::Status SimMachine::Attach() {
  // Before the tasks start: the attach runs until the agent is on a CPU.
  if (keeps_time_) ScheduleTimes();
  computer_.Attach();
  attached_ = true;
  return absl::OkStatus();
}

void SimMachine::ScheduleTimes() {
  life_ = computer_.attachments();
  if (timetable_.interval > Nanos::Zero()) ScheduleIn(timetable_.interval, kTick);
  if (timetable_.duration < computer_.end() - computer_.now()) {
    ScheduleIn(timetable_.duration, kEnd);
  }
}

void SimMachine::ScheduleIn(Nanos time, uint32_t what) {
  computer_.Schedule(computer_.now() + time, SimEventKind::kCheck,
                     static_cast<uint32_t>(life_) * kTargets + what);
}

// A former life's times may still be on the agenda.
void SimMachine::OnTime(uint32_t target) {
  if (target / kTargets != static_cast<uint32_t>(life_)) return;
  if (target % kTargets == kEnd) return timetable_.end();
  timetable_.tick();
  ScheduleIn(timetable_.interval, kTick);
}

ExitReport SimMachine::Detach() {
  if (!report_) {
    report_ = Report();
    computer_.Detach();
  }
  return *report_;
}

ExitReport SimMachine::Report() const {
  if (!computer_.failure().empty()) {
    return {.kind = static_cast<uint64_t>(ExitKind::kError), .reason = computer_.failure()};
  }
  if (computer_.exited() && !computer_.over()) return ExitReport::OfHotplug();
  return {.kind = static_cast<uint64_t>(ExitKind::kUnregistered),
          .reason = "unregistered from user space"};
}

Readings SimMachine::Figures() const {
  return ReadDispatcherStats(computer_.dispatcher_state().memory(),
                             static_cast<uint32_t>(computer_.core().nr_cpus()))
      .Figures();
}

}  // namespace scxx::sim
