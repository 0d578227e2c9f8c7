// SPDX-License-Identifier: Apache-2.0
#include "framework/machine/testing/machine_audit.h"

#include <array>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/machine/exit_report.h"
#include "framework/stats/figures.h"
#include "framework/topology/topology.h"

namespace scxx {
namespace {

// The machine wakes an agent that decides nothing once a second.
constexpr int kFewCycles = 3;
// More cycles than any machine needs to notice a stop, and than another thread needs to ask for it.
constexpr int kMoreCycles = 100;
constexpr int kManyCycles = 1'000'000;

std::string ToText(const absl::Status& status) {
  return status.ok() ? "" : absl::StrCat("failed: ", status.message());
}

// One cycle of an agent that decides nothing.
RunState Cycle(Machine& machine) {
  std::array<BackendEvent, 64> events;
  machine.backend().Poll(absl::MakeSpan(events));
  return machine.backend().Park({});
}

// False: it ran on.
bool RunsToItsEnd(Machine& machine, int cycles = kMoreCycles) {
  for (int i = 0; i < cycles; ++i) {
    if (Cycle(machine) == RunState::kExited) return true;
  }
  return false;
}

// Makes a machine and attaches it; an error's text otherwise.
std::string Begin(const MakeMachine& make, std::unique_ptr<Machine>* machine) {
  absl::StatusOr<std::unique_ptr<Machine>> made = make();
  if (!made.ok()) return ToText(made.status());
  *machine = *std::move(made);
  return ToText((*machine)->Attach());
}

// Some cycles, a stop, the detach; `end`, if given, is what that said.
std::string LiveOut(Machine& machine, ExitReport* end = nullptr) {
  for (int i = 0; i < kFewCycles; ++i) {
    if (Cycle(machine) == RunState::kExited) return "ended by itself";
  }
  machine.RequestStop();
  if (!RunsToItsEnd(machine)) return "did not stop";
  const ExitReport report = machine.Detach();
  if (end != nullptr) *end = report;
  return report.IsOwnWish() ? "" : absl::StrCat("ended otherwise: ", report.Summary());
}

std::string KnowsItself(const MakeMachine& make) {
  absl::StatusOr<std::unique_ptr<Machine>> made = make();
  if (!made.ok()) return ToText(made.status());
  Machine& machine = **made;
  const PolicyLimits before = machine.backend().limits();
  const Backend* const backend = &machine.backend();
  if (machine.Description().empty()) return "has no description";
  if (before.max_tasks == 0 || before.max_cpus == 0) return "has no limits";
  if (machine.backend().topology().max_cpus() > before.max_cpus) return "has CPUs beyond limits()";
  if (absl::Status status = machine.Attach(); !status.ok()) return ToText(status);
  if (backend != &machine.backend()) return "has another backend after the attach";
  const PolicyLimits after = machine.backend().limits();
  const bool same = before.max_tasks == after.max_tasks && before.max_cpus == after.max_cpus;
  return same ? LiveOut(machine) : "has other limits after the attach";
}

std::string StopsWhenAsked(const MakeMachine& make) {
  std::unique_ptr<Machine> machine;
  if (std::string why = Begin(make, &machine); !why.empty()) return why;
  if (std::string why = LiveOut(*machine); !why.empty()) return why;
  return machine->backend().Park({}) == RunState::kExited ? "" : "runs on after the end";
}

std::string StopsWhenAskedFromElsewhere(const MakeMachine& make) {
  std::unique_ptr<Machine> machine;
  if (std::string why = Begin(make, &machine); !why.empty()) return why;
  std::thread other([&] { machine->RequestStop(); });
  const bool ended = RunsToItsEnd(*machine, kManyCycles);
  other.join();
  machine->Detach();
  return ended ? "" : "did not stop";
}

std::string StopsWhenAskedBefore(const MakeMachine& make) {
  absl::StatusOr<std::unique_ptr<Machine>> made = make();
  if (!made.ok()) return ToText(made.status());
  (*made)->RequestStop();
  if (absl::Status status = (*made)->Attach(); !status.ok()) return ToText(status);
  const bool ended = RunsToItsEnd(**made);
  (*made)->Detach();
  return ended ? "" : "forgot that it is to stop";
}

std::string SaysHowItEnded(const MakeMachine& make) {
  std::unique_ptr<Machine> machine;
  if (std::string why = Begin(make, &machine); !why.empty()) return why;
  ExitReport first;
  if (std::string why = LiveOut(*machine, &first); !why.empty()) return why;
  const ExitReport second = machine->Detach();
  if (!first.Exited()) return "has not ended after the detach";
  if (first.ShouldRestart()) return "wants to be had again although nothing happened";
  return first.Summary() == second.Summary() ? "" : "tells two stories of one end";
}

// What is wrong with the figures' declarations, or between two readings.
std::string Compare(const Readings& before, const Readings& after) {
  for (const auto& [figure, value] : after.numbers()) {
    const std::string name(figure.name);
    if (name.empty() || figure.unit.empty() || figure.help.empty()) {
      return absl::StrCat("figure '", name, "' lacks a name, a unit or help");
    }
    if (figure.kind == FigureKind::kCounter && value < before.Value(figure.name)) {
      return absl::StrCat("counter ", name, " shrank");
    }
  }
  for (const LatencyReading& reading : after.latencies()) {
    const HistogramSnapshot* earlier = before.Latency(reading.figure.name);
    if (earlier != nullptr && reading.latency.count() < earlier->count()) {
      return absl::StrCat("histogram ", std::string(reading.figure.name), " shrank");
    }
  }
  return "";
}

std::string CountsFromTheAttach(const MakeMachine& make) {
  std::unique_ptr<Machine> machine;
  if (std::string why = Begin(make, &machine); !why.empty()) return why;
  Readings before = machine->Figures();
  if (before.Value("fallbacks") != 0) return "begins with fallbacks";
  for (int i = 0; i < kFewCycles; ++i) {
    if (Cycle(*machine) == RunState::kExited) return "ended by itself";
    Readings after = machine->Figures();
    if (std::string why = Compare(before, after); !why.empty()) return why;
    before = std::move(after);
  }
  if (std::string why = LiveOut(*machine); !why.empty()) return why;
  if (before.Value("parks") == 0) return "has counted no park";
  return Compare(before, machine->Figures());
}

std::string CanBeHadAgain(const MakeMachine& make) {
  Instant last;
  for (int life = 0; life < 3; ++life) {
    std::unique_ptr<Machine> machine;
    if (std::string why = Begin(make, &machine); !why.empty()) return why;
    if (machine->backend().Now() < last) return "begins before its last life ended";
    if (std::string why = LiveOut(*machine); !why.empty()) return why;
    last = machine->backend().Now();
  }
  return "";
}

std::string EndsWithItsObject(const MakeMachine& make) {
  for (int life = 0; life < 2; ++life) {
    std::unique_ptr<Machine> machine;
    if (std::string why = Begin(make, &machine); !why.empty()) return why;
    if (Cycle(*machine) == RunState::kExited) return "ended by itself";
  }
  return StopsWhenAsked(make);
}

std::string DiesUnattached(const MakeMachine& make) {
  if (absl::Status status = make().status(); !status.ok()) return ToText(status);
  return StopsWhenAsked(make);
}

}  // namespace

std::vector<MachineCase> MachineCases() {
  return {{"KnowsItselfBeforeTheAttach", KnowsItself},
          {"StopsWhenAsked", StopsWhenAsked},
          {"StopsWhenAskedFromElsewhere", StopsWhenAskedFromElsewhere},
          {"StopsWhenAskedBefore", StopsWhenAskedBefore},
          {"SaysHowItEnded", SaysHowItEnded},
          {"CountsFromTheAttach", CountsFromTheAttach},
          {"CanBeHadAgain", CanBeHadAgain},
          {"EndsWithItsObject", EndsWithItsObject},
          {"DiesUnattached", DiesUnattached}};
}

}  // namespace scxx
