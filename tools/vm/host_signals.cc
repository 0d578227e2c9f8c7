// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/host_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "framework/base/process/signals.h"

namespace scxx::vm {

HostSignals::HostSignals() {
  const sigset_t set = NotIgnored({SIGINT, SIGTERM, SIGHUP, SIGQUIT});
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  fd_ = OwnedFd(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

HostSignals::~HostSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

int HostSignals::Take() {
  signalfd_siginfo info;
  if (read(fd_.get(), &info, sizeof(info)) != sizeof(info)) return 0;
  return static_cast<int>(info.ssi_signo);
}

}  // namespace scxx::vm
