// SPDX-License-Identifier: Apache-2.0
//
// The signals by which people end a scheduler: SIGINT, SIGTERM and SIGHUP, but for those that it
// was started to ignore. They are not delivered but waited for, by a Watch (watch.h) or here.
//
//   StopSignals signals;       // before there are threads, which inherit what it does
//   ...
//   signals.Release();         // after the last detach: nobody listens any more
//
// Threading: the first thread.

#ifndef SCXX_FRAMEWORK_APP_STOP_SIGNALS_H_
#define SCXX_FRAMEWORK_APP_STOP_SIGNALS_H_

#include <signal.h>

#include "absl/time/time.h"

namespace scxx {

sigset_t StopSignalSet();

class StopSignals {
 public:
  // Blocks them and nothing else: what a parent has blocked would be pending for ever, and the
  // agent never parks with a signal pending. Signals that only say that a log cannot be written
  // are ignored from here on.
  StopSignals();
  ~StopSignals();  // the mask is again what it was
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // From here on one ends the process, also if it has come before.
  void Release();

 private:
  sigset_t before_;
};

// Waits for one of them while there is no Watch, at most that long. True if one came, which is
// then consumed. Requires a StopSignals that has not been released.
bool WaitForStopSignal(absl::Duration longest);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_STOP_SIGNALS_H_
