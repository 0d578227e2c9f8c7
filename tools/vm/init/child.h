// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INIT_CHILD_H_
#define SCXX_TOOLS_VM_INIT_CHILD_H_

#include <sys/types.h>

#include "tools/vm/guest_command.h"

namespace scxx::vm {

// The running command. Init owns the reading ends of its pipes.
struct Child {
  pid_t pid;
  int out;  // What it writes to standard output; non-blocking.
  int err;  // And to standard error.
};

// Starts the command in a process group of its own, with standard input from /dev/null. A command
// that cannot be executed exits with 127 (not found) or 126, as under a shell, and says why on its
// standard error.
Child StartChild(const GuestCommand& command);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INIT_CHILD_H_
