// SPDX-License-Identifier: Apache-2.0
//
// SessionConsole: what people see of a session. It greets, prints a line of figures a second, says
// how the session went, and hears when they want it to end.
//
//   SessionConsole people(options, console, on_attached);
//   Session session(parts, &people);
//   return static_cast<int>(people.Conclude(session.Run()));
//
// Threading: the session's thread, which becomes the agent. Other threads start later, and so
// inherit that signals are blocked. Ticks come on a thread of the watch's, unless the machine keeps
// its own time.

#ifndef SCXX_FRAMEWORK_APP_SESSION_CONSOLE_H_
#define SCXX_FRAMEWORK_APP_SESSION_CONSOLE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "framework/app/console.h"
#include "framework/app/options.h"
#include "framework/app/stop_signals.h"
#include "framework/app/watch.h"
#include "framework/base/units.h"
#include "framework/engine/session.h"
#include "framework/machine/exit_report.h"
#include "framework/stats/figures.h"

namespace scxx {

// Exit statuses of a scheduler.
enum class ExitCode : int {
  kOk = 0,           // detached because it was asked to
  kFailed = 1,       // ejected by the kernel, or failed while it ran: a new start may cure it
  kUsage = 2,        // the command line makes no sense, for this policy or at all
  kEnvironment = 3,  // cannot start here before somebody changes something
};

// How long to wait before the next attach, after so many in a row that did not last.
absl::Duration PauseAfter(int short_lives);

// Since the boot, suspended time too.
Instant BootTime();

class SessionConsole final : public SessionObserver {
 public:
  // Keeps references to `options` and to `console`, which should not wait for ever (LimitWaiting):
  // a signal could not end that. `on_attached` is called after the first attach.
  // `ends_with_output`: EndsWithOutput() of watch.h. While this lives, signals end the session
  // cleanly; after the last detach one ends the process. `clock` tells short lives from long ones.
  SessionConsole(const AppOptions& options, Console& console, std::function<void()> on_attached,
                 bool ends_with_output = true, std::function<Instant()> clock = BootTime)
      : options_(options),
        console_(console),
        on_attached_(std::move(on_attached)),
        ends_with_output_(ends_with_output),
        clock_(std::move(clock)) {}

  // After the session: says what has not been said yet.
  ExitCode Conclude(const Session::Outcome& outcome);

  // Why the last life ended.
  StopReason reason() const { return reason_; }
  // Before the next attach, should there be one.
  absl::Duration pause() const { return PauseAfter(short_lives_); }

  // SessionObserver
  absl::Status BeforeAttach(Life& life) override;
  void Attached(Life& life) override;
  void BeforeDetach(Life& life) override;
  bool Detached(Life& life) override;
  void Ended(Life& life, const ExitReport& report, Ending ending) override;
  bool BeforeAnother() override;

 private:
  absl::Status StartWatch(Life& life);
  void Greet(Life& life);
  void SayNotes(Life& life);
  void Tick(Life& life);
  void SayIfNobodyJoined(const Readings& now, Instant now_at);
  void SayHowItEnded(const ExitReport& report, Ending ending);
  absl::Duration RemainingDuration(Life& life) const;

  const AppOptions& options_;
  Console& console_;
  const std::function<void()> on_attached_;
  const bool ends_with_output_;
  const std::function<Instant()> clock_;
  StopSignals signals_;
  bool attached_before_ = false;
  std::vector<std::string> notes_;      // of the machine, said already
  std::atomic<bool> attached_ = false;  // this life: until then there is nothing to show
  Instant started_at_;                  // first attach
  Nanos elapsed_;                       // from there to the end of the last life
  Instant life_began_at_;               // latest one, by clock_
  int short_lives_ = 0;                 // in a row
  bool keeps_time_ = false;             // the machine does
  bool asked_who_joins_ = false;
  std::unique_ptr<Watch> watch_;
  bool machine_ended_it_ = false;  // because --duration is over
  StopReason reason_ = StopReason::kNone;
  // The previous tick, for rates. Whoever ticks looks at it.
  Readings last_;
  Instant last_at_;
  Readings total_;  // at the end of the engine
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_SESSION_CONSOLE_H_
