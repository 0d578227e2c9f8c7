// SPDX-License-Identifier: Apache-2.0
#include "framework/app/stop_signals.h"

#include "framework/base/process/signals.h"

namespace scxx {

sigset_t StopSignalSet() { return NotIgnored({SIGINT, SIGTERM, SIGHUP}); }

// A closed pipe, `ulimit -f`, and `stty tostop` in the background: the write fails or is let
// through, and nobody is ended or stopped for it.
StopSignals::StopSignals() {
  for (const int number : {SIGPIPE, SIGXFSZ, SIGTTOU}) signal(number, SIG_IGN);
  const sigset_t set = StopSignalSet();
  pthread_sigmask(SIG_SETMASK, &set, &before_);
}

StopSignals::~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void StopSignals::Release() {
  const sigset_t set = StopSignalSet();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

bool WaitForStopSignal(absl::Duration longest) {
  const sigset_t set = StopSignalSet();
  const timespec time = absl::ToTimespec(longest);
  return sigtimedwait(&set, nullptr, &time) > 0;
}

}  // namespace scxx
