// SPDX-License-Identifier: Apache-2.0
#include "framework/app/session_console.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/base/duration.h"
#include "framework/stats/format.h"
#include "framework/stats/live.h"

namespace scxx {
namespace {

// A life of this length is none of a row of short ones.
constexpr Nanos kLongLife = Seconds(10);
// When a scheduler of class SCHED_EXT only says that nobody has joined.
constexpr Nanos kNobodyAfter = Seconds(10);

// Without statistics somebody may still have to hear that nobody has joined.
absl::Duration TickInterval(const AppOptions& options) {
  if (options.stats_interval != absl::ZeroDuration() || !options.kernel.partial) {
    return options.stats_interval;
  }
  return ToDuration(kNobodyAfter);
}

Nanos ToNanos(absl::Duration duration) {
  return duration == absl::InfiniteDuration() ? Nanos(std::numeric_limits<int64_t>::max())
                                              : FromDuration(duration);
}

// By what may help: nothing but time, another command line, or somebody.
ExitCode CodeOf(const Session::Outcome& outcome) {
  const absl::Status& status = outcome.status;
  if (outcome.attached || absl::IsUnavailable(status) || absl::IsAborted(status))
    return ExitCode::kFailed;
  return absl::IsInvalidArgument(status) ? ExitCode::kUsage : ExitCode::kEnvironment;
}

}  // namespace

absl::Duration PauseAfter(int short_lives) {
  if (short_lives <= 1) return absl::ZeroDuration();
  return std::min(absl::Milliseconds(100) * std::pow(2, short_lives - 2), absl::Seconds(2));
}

Instant BootTime() {
  timespec time;
  clock_gettime(CLOCK_BOOTTIME, &time);
  return Instant(time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec);
}

// The watch starts before the attach: a new thread costs page faults.
absl::Status SessionConsole::BeforeAttach(Life& life) {
  attached_ = false;
  last_ = {};
  life_began_at_ = clock_();
  return StartWatch(life);
}

absl::Status SessionConsole::StartWatch(Life& life) {
  const absl::Duration remaining = RemainingDuration(life);
  const auto tick = [this, &life] { Tick(life); };
  WatchOptions watch = {.out_fd = ends_with_output_ ? console_.out_fd() : -1};
  keeps_time_ = life.machine().KeepsTime({.interval = ToNanos(options_.stats_interval),
                                          .duration = ToNanos(remaining),
                                          .tick = tick,
                                          .end = [this, &life] {
                                            machine_ended_it_ = true;
                                            life.RequestStop();
                                          }});
  if (!keeps_time_) {
    watch.interval = TickInterval(options_);
    watch.duration = remaining;
  }
  absl::StatusOr<std::unique_ptr<Watch>> started =
      Watch::Start(watch, tick, [&life] { life.RequestStop(); });
  if (!started.ok()) return started.status();
  watch_ = *std::move(started);
  return absl::OkStatus();
}

void SessionConsole::Attached(Life& life) {
  last_at_ = life.machine().backend().Now();
  attached_before_ ? SayNotes(life) : Greet(life);
  attached_before_ = true;
  attached_ = true;
  watch_->StartTicks();
}

void SessionConsole::Greet(Life& life) {
  started_at_ = last_at_;
  // This is the agent: whoever reads may be waiting for it.
  console_.SayIfRoom(absl::StrCat("attached to ", life.machine().Description()));
  SayNotes(life);
  on_attached_();
}

// Those that the last life did not have.
void SessionConsole::SayNotes(Life& life) {
  const std::vector<std::string> notes = life.machine().Notes();
  for (const std::string& note : notes) {
    if (std::find(notes_.begin(), notes_.end(), note) == notes_.end()) console_.SayIfRoom(note);
  }
  notes_ = notes;
}

// Read before the detach: the lease that may run out while the kernel takes over is no fault of the
// agent's.
void SessionConsole::BeforeDetach(Life& life) { total_ = life.Figures(); }

bool SessionConsole::Detached(Life&) {
  watch_->Finish();
  reason_ = watch_->reason();
  watch_.reset();
  if (reason_ == StopReason::kNone && machine_ended_it_) reason_ = StopReason::kDuration;
  short_lives_ = clock_() - life_began_at_ < kLongLife ? short_lives_ + 1 : 1;
  return reason_ != StopReason::kNone;
}

void SessionConsole::Tick(Life& life) {
  if (!attached_) return;
  Readings now = life.Figures();
  const Instant now_at = life.machine().backend().Now();
  if (options_.kernel.partial) SayIfNobodyJoined(now, now_at);
  if (options_.stats_interval == absl::ZeroDuration()) return;
  console_.PrintIfRoom(FormatLiveLine(now, last_, now_at - last_at_));
  for (const std::string& line : life.runner().Lines()) console_.PrintIfRoom(line);
  last_ = std::move(now);
  last_at_ = now_at;
}

// Once. Each counter is a way in which a task was given a CPU.
void SessionConsole::SayIfNobodyJoined(const Readings& now, Instant now_at) {
  if (asked_who_joins_ || now_at - started_at_ < kNobodyAfter) return;
  asked_who_joins_ = true;
  for (const char* way : {"queued", "direct", "kernel"}) {
    if (now.Value(way) != 0) return;
  }
  console_.SayIfRoom(
      "no task has joined SCHED_EXT yet, and --partial schedules no other: start one with "
      "`chrt --ext 0 COMMAND` (util-linux 2.41)");
}

bool SessionConsole::BeforeAnother() {
  // A machine with a clock of its own does not wait by ours.
  if (keeps_time_ || !WaitForStopSignal(pause())) return true;
  reason_ = StopReason::kSignal;
  signals_.Release();
  if (attached_before_) console_.Print(FormatSummary(total_, elapsed_));
  console_.Say(
      absl::StrCat("detached cleanly after ", FormatNanos(elapsed_), " (", Describe(reason_), ")"));
  return false;
}

void SessionConsole::Ended(Life& life, const ExitReport& report, Ending ending) {
  elapsed_ = life.machine().backend().Now() - started_at_;
  if (ending == Ending::kRestart) {
    console_.SayIfRoom(absl::StrCat("attaching again: ", report.Summary()));
    return;
  }
  signals_.Release();
  console_.Print(FormatSummary(total_, elapsed_));
  SayHowItEnded(report, ending);
  if (options_.counters || options_.kernel.callback_costs) console_.Print(FormatFigures(total_));
}

void SessionConsole::SayHowItEnded(const ExitReport& report, Ending ending) {
  const std::string after = absl::StrCat(" after ", FormatNanos(elapsed_));
  if (ending == Ending::kStopped) {
    console_.Say(absl::StrCat("kernel's exit report: ", report.Summary()));
    console_.Say(absl::StrCat("detached cleanly", after, " (", Describe(reason_), ")"));
    return;
  }
  const char* what = report.IsEjection() ? "ejected by the kernel" : "detached by the kernel";
  if (!report.dump.empty())
    console_.Complain(absl::StrCat("the kernel's dump:\n", report.PrintableDump()));
  console_.Complain(absl::StrCat("FAILED: ", what, after, ": ", report.Summary()));
}

ExitCode SessionConsole::Conclude(const Session::Outcome& outcome) {
  signals_.Release();
  if (outcome.status.ok()) {
    return outcome.ending == Ending::kStopped ? ExitCode::kOk : ExitCode::kFailed;
  }
  console_.Complain(outcome.status.message());
  return CodeOf(outcome);
}

absl::Duration SessionConsole::RemainingDuration(Life& life) const {
  const absl::Duration whole = options_.EffectiveDuration();
  if (!attached_before_) return whole;
  return whole - ToDuration(life.machine().backend().Now() - started_at_);
}

}  // namespace scxx
