// SPDX-License-Identifier: Apache-2.0
//
// The second thread of a scheduler, while the first one is the agent: it waits for a reason to stop
// (a signal, the end of --duration, standard output closed by its reader) and ticks for statistics.
//
//   const StopSignals signals;               // before there are threads: all inherit it
//   absl::StatusOr<std::unique_ptr<Watch>> watch =
//       Watch::Start({.interval = ..., .duration = ..., .out_fd = 1}, tick, stop);
//   if (!watch.ok()) return watch.status();
//   (*watch)->StartTicks();
//   engine.Run(...);                         // until `stop` has told it to
//   (*watch)->Finish();
//   if ((*watch)->reason() == StopReason::kSignal) ...
//
// `stop` is called once, on the watch's thread, as `tick` is. A second signal ends the process at
// once, in case the agent does not listen; the kernel then takes the machine back by itself.
//
// Ownership: owns its thread; the callbacks must outlive it.
// Threading: Start, StartTicks and Finish on one thread, reason() after Finish.

#ifndef SCXX_FRAMEWORK_APP_WATCH_H_
#define SCXX_FRAMEWORK_APP_WATCH_H_

#include <pthread.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/base/process/process.h"

namespace scxx {

enum class StopReason { kNone, kSignal, kDuration, kOutputClosed };

// "a signal", "the end of --duration", "its output was closed"
absl::string_view Describe(StopReason reason);

// Whether the end of its output is the end of this process, as in `vruntime | head`: it is in the
// foreground of its terminal and does not ignore SIGHUP. A service that has lost its log goes on.
bool EndsWithOutput(const std::string& tty = "/dev/tty");

struct WatchOptions {
  absl::Duration interval = absl::ZeroDuration();      // between ticks; zero: no ticks
  absl::Duration duration = absl::InfiniteDuration();  // until the stop
  int out_fd = -1;                                     // watched for its reader to go; -1: not
};

class Watch {
 public:
  // Requires StopSignals (stop_signals.h). ResourceExhausted, in one line with the cure, where a
  // limit leaves no thread or descriptor.
  static absl::StatusOr<std::unique_ptr<Watch>> Start(const WatchOptions& options,
                                                      std::function<void()> tick,
                                                      std::function<void()> stop);
  ~Watch() { Finish(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // The first tick comes an interval from now.
  void StartTicks();

  // Ends the thread; no callback runs afterwards.
  void Finish();

  StopReason reason() const { return reason_; }

 private:
  Watch(const WatchOptions& options, std::function<void()> tick, std::function<void()> stop);

  absl::Status OpenDescriptors();
  absl::Status StartThread();
  void Run();
  void Stop(StopReason reason);
  void OnSignal();

  const std::function<void()> tick_;
  const std::function<void()> stop_;
  StopReason reason_ = StopReason::kNone;
  const WatchOptions options_;
  // Each readable when something is to be done; none if it never is.
  OwnedFd signal_fd_;
  OwnedFd tick_fd_;
  OwnedFd deadline_fd_;
  OwnedFd finish_fd_;
  pthread_t thread_;
  bool running_ = false;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_WATCH_H_
