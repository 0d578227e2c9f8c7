// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_HOST_SIGNALS_H_
#define SCXX_TOOLS_VM_HOST_SIGNALS_H_

#include <signal.h>

#include "framework/base/process/process.h"

namespace scxx::vm {

// While it lives, the signals by which people end a program arrive on a descriptor instead of
// ending this one. Those that are ignored (nohup) stay ignored. Calling thread only.
class HostSignals {
 public:
  HostSignals();
  HostSignals(const HostSignals&) = delete;
  HostSignals& operator=(const HostSignals&) = delete;
  ~HostSignals();

  int fd() const { return fd_.get(); }
  int Take();  // The next signal, 0 if none has arrived.

 private:
  sigset_t before_;
  OwnedFd fd_;
};

// While it lives, writing to a closed pipe is an error (EPIPE) and not the end.
class IgnoreSigpipe {
 public:
  IgnoreSigpipe() : before_(signal(SIGPIPE, SIG_IGN)) {}
  IgnoreSigpipe(const IgnoreSigpipe&) = delete;
  IgnoreSigpipe& operator=(const IgnoreSigpipe&) = delete;
  ~IgnoreSigpipe() { signal(SIGPIPE, before_); }

 private:
  void (*before_)(int);
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_HOST_SIGNALS_H_
