// SPDX-License-Identifier: Apache-2.0
//
// The second thread of a scheduler, while the first one is the agent: it waits for a reason to stop
// (a signal, the end of --duration, standard output closed by its reader) and ticks for statistics.
//
//   const StopSignals signals;               // before there are threads: all inherit it
//   Watch watch({.interval = ..., .duration = ..., .out_fd = 1}, tick, stop);
//   engine.Run(...);                         // until `stop` has told it to
//   watch.Finish();
//   if (watch.reason() == StopReason::kSignal) ...
//
// `stop` is called once, on the watch's thread, as `tick` is. A second signal ends the process at
// once, in case the agent does not listen; the kernel then takes the machine back by itself.
//
// Ownership: owns its thread; the callbacks must outlive it.
// Threading: construct and Finish on one thread, reason() after Finish.

#ifndef SCXX_FRAMEWORK_APP_WATCH_H_
#define SCXX_FRAMEWORK_APP_WATCH_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

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
  // Requires StopSignals (stop_signals.h).
  Watch(const WatchOptions& options, std::function<void()> tick, std::function<void()> stop);
  ~Watch() { Finish(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Ends the thread; no callback runs afterwards.
  void Finish();

  StopReason reason() const { return reason_; }

 private:
  void Run();
  void Stop(StopReason reason);
  void OnSignal();

  const std::function<void()> tick_;
  const std::function<void()> stop_;
  StopReason reason_ = StopReason::kNone;
  int out_fd_;
  // Each readable when something is to be done; -1 if it never is.
  int signal_fd_;
  int tick_fd_;
  int deadline_fd_;
  int finish_fd_;
  std::thread thread_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_WATCH_H_
