// SPDX-License-Identifier: Apache-2.0
#include "framework/app/session_console.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/base/duration.h"
#include "framework/stats/format.h"
#include "framework/stats/live.h"

namespace scxx {
namespace {

Nanos ToNanos(absl::Duration duration) {
  return duration == absl::InfiniteDuration() ? Nanos(std::numeric_limits<int64_t>::max())
                                              : FromDuration(duration);
}

}  // namespace

// The watch starts before the attach: a new thread costs page faults.
void SessionConsole::BeforeAttach(Life& life) {
  last_ = {};
  last_at_ = life.machine().backend().Now();
  StartWatch(life);
}

void SessionConsole::StartWatch(Life& life) {
  const absl::Duration remaining = RemainingDuration(life);
  const auto tick = [this, &life] { Tick(life); };
  WatchOptions watch = {.out_fd = console_.out_fd()};
  const bool machine_ticks = life.machine().KeepsTime({.interval = ToNanos(options_.stats_interval),
                                                       .duration = ToNanos(remaining),
                                                       .tick = tick,
                                                       .end = [this, &life] {
                                                         machine_ended_it_ = true;
                                                         life.RequestStop();
                                                       }});
  if (!machine_ticks) {
    watch.interval = options_.stats_interval;
    watch.duration = remaining;
  }
  watch_ = std::make_unique<Watch>(watch, tick, [&life] { life.RequestStop(); });
}

void SessionConsole::Attached(Life& life) {
  if (attached_before_) return;
  attached_before_ = true;
  started_at_ = life.machine().backend().Now();
  console_.Say(absl::StrCat("attached to ", life.machine().Description()));
  on_attached_();
}

// Read before the detach: the lease that may run out while the kernel takes over is no fault of the
// agent's.
void SessionConsole::BeforeDetach(Life& life) { total_ = life.Figures(); }

bool SessionConsole::Detached(Life&) {
  watch_->Finish();
  reason_ = watch_->reason();
  watch_.reset();
  if (reason_ == StopReason::kNone && machine_ended_it_) reason_ = StopReason::kDuration;
  return reason_ != StopReason::kNone;
}

void SessionConsole::Tick(Life& life) {
  Readings now = life.Figures();
  const Instant now_at = life.machine().backend().Now();
  console_.PrintIfRoom(FormatLiveLine(now, last_, now_at - last_at_));
  for (const std::string& line : life.runner().Lines()) console_.PrintIfRoom(line);
  last_ = std::move(now);
  last_at_ = now_at;
}

void SessionConsole::Ended(Life& life, const ExitReport& report, Ending ending) {
  if (ending == Ending::kRestart) {
    console_.Say(absl::StrCat("attaching again: ", report.Summary()));
    return;
  }
  const Nanos elapsed = life.machine().backend().Now() - started_at_;
  console_.Print(FormatSummary(total_, elapsed));
  SayHowItEnded(report, ending, elapsed);
  if (options_.counters || options_.kernel.callback_costs) console_.Print(FormatFigures(total_));
}

void SessionConsole::SayHowItEnded(const ExitReport& report, Ending ending, Nanos elapsed) const {
  const std::string after = absl::StrCat(" after ", FormatNanos(elapsed));
  if (ending == Ending::kStopped) {
    console_.Say(absl::StrCat("kernel's exit report: ", report.Summary()));
    console_.Say(absl::StrCat("detached cleanly", after, " (", Describe(reason_), ")"));
    return;
  }
  const char* what = report.IsEjection() ? "ejected by the kernel" : "detached by the kernel";
  if (!report.dump.empty()) console_.Complain(absl::StrCat("the kernel's dump:\n", report.dump));
  console_.Complain(absl::StrCat("FAILED: ", what, after, ": ", report.Summary()));
}

ExitCode SessionConsole::Conclude(const Session::Outcome& outcome) const {
  if (outcome.status.ok()) {
    return outcome.ending == Ending::kStopped ? ExitCode::kOk : ExitCode::kFailed;
  }
  console_.Complain(outcome.status.message());
  return outcome.attached ? ExitCode::kFailed : ExitCode::kEnvironment;
}

absl::Duration SessionConsole::RemainingDuration(Life& life) const {
  const absl::Duration whole = options_.EffectiveDuration();
  if (!attached_before_) return whole;
  return whole - ToDuration(life.machine().backend().Now() - started_at_);
}

}  // namespace scxx
