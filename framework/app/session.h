// SPDX-License-Identifier: Apache-2.0
//
// A session is a scheduler's life after the command line is read: attach, run, print a line a
// second, detach, say how it went; attach again where the kernel asks for that.
//
//   Session session(options, console, {make_machine, make_runner, on_attached});
//   return static_cast<int>(session.Run());
//
// Threading: one thread, which becomes the agent; BlockStopSignals() must have been called.

#ifndef SCXX_FRAMEWORK_APP_SESSION_H_
#define SCXX_FRAMEWORK_APP_SESSION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/app/console.h"
#include "framework/app/options.h"
#include "framework/app/watch.h"
#include "framework/base/units.h"
#include "framework/engine/engine_stats.h"
#include "framework/machine/exit_report.h"
#include "framework/machine/machine.h"
#include "framework/stats/live.h"
#include "framework/stats/metrics.h"

namespace scxx {

// Exit statuses of a scheduler.
enum class ExitCode : int {
  kOk = 0,           // detached because it was asked to
  kFailed = 1,       // ejected by the kernel, or failed while it ran
  kUsage = 2,        // the command line makes no sense
  kEnvironment = 3,  // cannot start here; nothing was attached
};

// An engine with its policy, the type of which does not matter here.
class Runner {
 public:
  virtual ~Runner() = default;
  // Until `stop`, or until the machine is lost.
  virtual void Run(const std::atomic<bool>& stop) = 0;
  virtual const EngineStats& stats() const = 0;
  // More lines to go with the statistics. Called by the watch.
  virtual std::vector<std::string> Lines() { return {}; }
};

struct SessionParts {
  std::function<absl::StatusOr<std::unique_ptr<Machine>>()> make_machine;
  // The runner may keep the backend, which outlives it.
  std::function<absl::StatusOr<std::unique_ptr<Runner>>(Backend&)> make_runner;
  // Called after the first attach.
  std::function<void()> on_attached;
};

class Session {
 public:
  // Keeps references to `options` and `console`.
  Session(const AppOptions& options, const Console& console, SessionParts parts)
      : options_(options), console_(console), parts_(std::move(parts)) {}

  ExitCode Run();

 private:
  // One attach.
  struct Life {
    std::unique_ptr<Machine> machine;
    std::unique_ptr<Runner> runner;  // destroyed before the machine
    // The previous tick, for rates. Only the watch's thread looks at it.
    LiveFigures last = {};
    Instant last_at = {};
    // At the end, if asked for.
    std::vector<Metrics::Reading> counters = {};
  };

  enum class Ending { kStopped, kRestart, kFailed };

  absl::StatusOr<Life> Prepare() const;
  absl::StatusOr<Ending> RunOnce(Life& life);
  Ending Judge(const ExitReport& report) const;
  void Tick(Life& life) const;
  void Conclude(const LiveFigures& total, const ExitReport& report, Ending ending) const;
  ExitCode CannotAttach(const absl::Status& status) const;
  absl::Duration RemainingDuration() const;

  const AppOptions& options_;
  const Console& console_;
  const SessionParts parts_;
  Instant started_at_;  // first attach
  bool attached_before_ = false;
  StopReason stop_reason_ = StopReason::kNone;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_SESSION_H_
