// SPDX-License-Identifier: Apache-2.0
#include "framework/engine/session.h"

namespace scxx {
namespace {

// CPU hotplug during an attach makes the kernel refuse it. More often in a row is not hotplug.
constexpr int kAttachAttempts = 5;

Ending Judge(const ExitReport& report, bool stopped) {
  if (report.IsEjection()) return Ending::kFailed;
  if (stopped || report.IsOwnWish()) return Ending::kStopped;
  return report.ShouldRestart() ? Ending::kRestart : Ending::kFailed;
}

}  // namespace

Readings Life::Figures() const {
  Readings readings = runner_->stats().Read();
  readings.Append(machine_->Figures());
  return readings;
}

Session::Session(Parts parts, SessionObserver* observer)
    : parts_(std::move(parts)), observer_(observer == nullptr ? nobody_ : *observer) {}

Session::Outcome Session::Run() {
  for (int attempt = 1;;) {
    absl::StatusOr<std::unique_ptr<Life>> life = Prepare();
    if (!life.ok()) return {.status = life.status(), .attached = attached_};
    const absl::StatusOr<Ending> ending = RunOnce(**life);
    life->reset();  // its memory and its BPF program: before a pause
    const bool spoiled = absl::IsUnavailable(ending.status()) && attempt++ < kAttachAttempts;
    if (!spoiled && !ending.ok()) return {.status = ending.status(), .attached = attached_};
    if (!spoiled && *ending != Ending::kRestart) return {.ending = *ending, .attached = attached_};
    if (!spoiled) attempt = 1;
    if (!observer_.BeforeAnother()) return {.ending = Ending::kStopped, .attached = attached_};
  }
}

absl::StatusOr<std::unique_ptr<Life>> Session::Prepare() const {
  absl::StatusOr<std::unique_ptr<Machine>> machine = parts_.make_machine();
  if (!machine.ok()) return machine.status();
  absl::StatusOr<std::unique_ptr<Runner>> runner = parts_.make_runner(**machine);
  if (!runner.ok()) return runner.status();
  return std::make_unique<Life>(*std::move(machine), *std::move(runner));
}

absl::StatusOr<Ending> Session::RunOnce(Life& life) {
  if (absl::Status status = observer_.BeforeAttach(life); !status.ok()) return status;
  if (absl::Status status = life.machine().Attach(); !status.ok()) {
    const bool stopped = observer_.Detached(life);
    if (stopped && absl::IsUnavailable(status)) return Ending::kStopped;
    return status;
  }
  attached_ = true;
  observer_.Attached(life);
  life.runner().Run(life.stop_);
  observer_.BeforeDetach(life);
  const ExitReport report = life.machine().Detach();
  const bool stopped = observer_.Detached(life);
  const Ending ending = Judge(report, stopped);
  observer_.Ended(life, report, ending);
  return ending;
}

}  // namespace scxx
