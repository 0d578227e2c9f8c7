// SPDX-License-Identifier: Apache-2.0
// Child processes that never outlive their parent.
#ifndef SCXX_TOOLS_LOAD_CHILD_H_
#define SCXX_TOOLS_LOAD_CHILD_H_

#include <sys/types.h>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace scxx::load {

// Forks a child that runs `body` and exits with status 0 by _exit: no buffers are flushed and no
// destructors run. The kernel kills it when the thread that called this ends. The caller reaps it.
absl::StatusOr<pid_t> ForkChild(absl::FunctionRef<void()> body);

// Waits for a child through signals; returns its wait status, or -1 when there is no such child.
int Reap(pid_t child);

// This thread's id, as /proc and sched_setaffinity know it.
pid_t ThreadId();

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_CHILD_H_
