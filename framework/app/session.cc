// SPDX-License-Identifier: Apache-2.0
#include "framework/app/session.h"

#include <time.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/base/duration.h"
#include "framework/stats/format.h"

namespace scxx {
namespace {

// CPU hotplug during an attach makes the kernel refuse it. More often in a row is not hotplug.
constexpr int kAttachAttempts = 5;

Instant MonotonicNow() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return Instant(now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec);
}

LiveFigures Collect(const Machine& machine, const EngineStats& engine) {
  const MachineFigures figures = machine.Figures();
  // What user space holds and the policy does not is decided, and waits for its CPU.
  const uint64_t queued = std::min(engine.queued.value(), figures.custody);
  return {.queued = queued,
          .dispatched = figures.custody - queued,
          .custody = figures.custody,
          .running = figures.running,
          .decisions = engine.decisions.value(),
          .page_faults = figures.page_faults,
          .fallbacks = figures.fallbacks,
          .stages = {{"seen", engine.seen.Read()},
                     {"decided", engine.decided.Read()},
                     {"inserted", figures.inserted}}};
}

// "counter parks 12 times: Times the agent parked"
std::string FormatCounters(const std::vector<Metrics::Reading>& counters) {
  std::string text;
  for (const auto& [info, value] : counters) {
    absl::StrAppend(&text, "counter ", info.name, " ", value, " ", info.unit, ": ", info.help,
                    "\n");
  }
  return text;
}

}  // namespace

ExitCode Session::Run() {
  for (int attempt = 1;;) {
    absl::StatusOr<Life> life = Prepare();
    if (!life.ok()) return CannotAttach(life.status());
    const absl::StatusOr<Ending> ending = RunOnce(*life);
    if (absl::IsUnavailable(ending.status()) && attempt++ < kAttachAttempts) continue;
    if (!ending.ok()) return CannotAttach(ending.status());
    if (*ending != Ending::kRestart) {
      return *ending == Ending::kStopped ? ExitCode::kOk : ExitCode::kFailed;
    }
    attempt = 1;
  }
}

absl::StatusOr<Session::Life> Session::Prepare() const {
  absl::StatusOr<std::unique_ptr<Machine>> machine = parts_.make_machine();
  if (!machine.ok()) return machine.status();
  absl::StatusOr<std::unique_ptr<Runner>> runner = parts_.make_runner((*machine)->backend());
  if (!runner.ok()) return runner.status();
  return Life{.machine = *std::move(machine), .runner = *std::move(runner)};
}

// The watch starts before the attach: a new thread costs page faults.
absl::StatusOr<Session::Ending> Session::RunOnce(Life& life) {
  std::atomic<bool> stop = false;
  life.last_at = MonotonicNow();
  Watch watch(
      {.interval = options_.stats_interval,
       .duration = RemainingDuration(),
       .out_fd = console_.out_fd()},
      [&] { Tick(life); },
      [&] {
        stop.store(true, std::memory_order_relaxed);
        life.machine->RequestStop();
      });
  if (absl::Status status = life.machine->Attach(); !status.ok()) return status;
  if (!attached_before_) {
    attached_before_ = true;
    started_at_ = MonotonicNow();
    parts_.on_attached();
  }
  life.runner->Run(stop);
  // At once, because nobody schedules any more; but the lease that may run out while the kernel
  // takes over is no fault of the agent's, so what there is to tell is read before.
  const LiveFigures total = Collect(*life.machine, life.runner->stats());
  if (options_.counters || options_.kernel.callback_costs) life.counters = life.machine->Counters();
  const ExitReport report = life.machine->Detach();
  watch.Finish();
  stop_reason_ = watch.reason();
  const Ending ending = Judge(report);
  Conclude(total, report, ending);
  if (ending != Ending::kRestart) console_.Print(FormatCounters(life.counters));
  return ending;
}

Session::Ending Session::Judge(const ExitReport& report) const {
  if (report.IsEjection()) return Ending::kFailed;
  if (stop_reason_ != StopReason::kNone) return Ending::kStopped;
  return report.ShouldRestart() ? Ending::kRestart : Ending::kFailed;
}

void Session::Tick(Life& life) const {
  LiveFigures now = Collect(*life.machine, life.runner->stats());
  const Instant now_at = MonotonicNow();
  console_.PrintIfRoom(FormatLiveLine(now, life.last, now_at - life.last_at));
  for (const std::string& line : life.runner->Lines()) console_.PrintIfRoom(line);
  life.last = std::move(now);
  life.last_at = now_at;
}

void Session::Conclude(const LiveFigures& total, const ExitReport& report, Ending ending) const {
  if (ending == Ending::kRestart) {
    console_.Say(absl::StrCat("attaching again: ", report.Summary()));
    return;
  }
  const Nanos elapsed = MonotonicNow() - started_at_;
  const std::string after = absl::StrCat(" after ", FormatNanos(elapsed));
  console_.Print(FormatSummary(total, elapsed));
  if (ending == Ending::kStopped) {
    console_.Say(absl::StrCat("kernel's exit report: ", report.Summary()));
    console_.Say(absl::StrCat("detached cleanly", after, " (", Describe(stop_reason_), ")"));
    return;
  }
  const char* what = report.IsEjection() ? "ejected by the kernel" : "detached by the kernel";
  if (!report.dump.empty()) console_.Complain(absl::StrCat("the kernel's dump:\n", report.dump));
  console_.Complain(absl::StrCat("FAILED: ", what, after, ": ", report.Summary()));
}

ExitCode Session::CannotAttach(const absl::Status& status) const {
  console_.Complain(status.message());
  return attached_before_ ? ExitCode::kFailed : ExitCode::kEnvironment;
}

absl::Duration Session::RemainingDuration() const {
  const absl::Duration whole = options_.EffectiveDuration();
  return attached_before_ ? whole - ToDuration(MonotonicNow() - started_at_) : whole;
}

}  // namespace scxx
