// SPDX-License-Identifier: Apache-2.0
#include "tools/load/child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace scxx::load {
namespace {

void DieWithParent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // It died before the line above: no signal will come.
}

}  // namespace

absl::StatusOr<pid_t> ForkChild(absl::FunctionRef<void()> body) {
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) return absl::ResourceExhaustedError(absl::StrCat("fork: ", strerror(errno)));
  if (child > 0) return child;
  DieWithParent(parent);
  body();
  _exit(0);
}

int Reap(pid_t child) {
  int status = -1;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

pid_t ThreadId() { return static_cast<pid_t>(syscall(SYS_gettid)); }

}  // namespace scxx::load
