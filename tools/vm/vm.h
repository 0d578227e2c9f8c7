// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_VM_H_
#define SCXX_TOOLS_VM_VM_H_

#include "absl/status/statusor.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// Runs a command on a Linux kernel of your choice, in a QEMU machine that exists only for it: no
// root, no disk image, no network, no files left behind. From testing/vm_example_test.cc:
//
//   VmOptions options;
//   options.kernel = *FindKernel();
//   options.files = {{"/home/me/a_test", "/bin/a_test"}};
//   options.command = {"/bin/a_test", "--verbose"};
//   options.timeout = absl::Minutes(5);
//   const absl::StatusOr<ExitStatus> status = Run(options);
//   if (!status.ok()) ...        // No machine, or it failed: status.status() says why.
//   else if (!status->ok()) ...  // The command failed.
//
// Boots, runs the command to its end, and stops the machine. What the command writes to its
// standard output and error comes out of this process's, unchanged and in order. While it runs:
//   - SIGINT, SIGTERM, SIGHUP and SIGQUIT go to the command's process group. The second one stops
//     the machine at once, as does the first before the command has started. After SIGTERM and
//     SIGHUP the command has 10 seconds.
//   - A reader of the output that goes away is seen by the command as a closed pipe.
//   - No QEMU outlives this process, however it dies.
//
// Threads: call it from one thread at a time, the one that receives the process's signals. It lives
// as long as QEMU does.
//
// Errors, each one line with its cure: InvalidArgument (options), NotFound (QEMU, the kernel, a
// file to copy), DeadlineExceeded (timeout), and Unavailable when the machine failed: never booted
// (after 3 attempts), or panicked; the lines after the first are then the console's last.
absl::StatusOr<ExitStatus> Run(const VmOptions& options);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_VM_H_
