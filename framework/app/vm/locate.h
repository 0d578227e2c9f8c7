// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_FRAMEWORK_APP_VM_LOCATE_H_
#define SCXX_FRAMEWORK_APP_VM_LOCATE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scxx::vm {

// Finds what a machine is made of, for programs that run under Bazel (`data` files), from the build
// tree, or installed. A program starts itself in a machine by executing
//
//   FindVm() --kernel=FindKernel() --file=ThisProgram():/bin/me -- /bin/me ARGUMENT...
//
// All functions are thread-safe; errors are one line that names the cure.

// This program's file, links resolved. (/proc/self/exe would be the vm tool when that reads it.)
std::string ThisProgram();

// The vm tool: $SCXX_VM, else the program's Bazel data (//tools/vm), else ../libexec/scxx/vm beside
// the program.
absl::StatusOr<std::string> FindVm();

// A kernel image: $SCXX_KERNEL (a path, or `host`), else the program's Bazel data
// (@test_kernel//:vmlinuz), else ../libexec/scxx/vmlinuz, else the image that this machine booted,
// if that has sched_ext and may be read.
absl::StatusOr<std::string> FindKernel();

// QEMU: `given` if not empty, else $SCXX_QEMU, else qemu-system-x86_64 in PATH.
absl::StatusOr<std::string> FindQemu(const std::string& given);

// OK when `path` is a kernel image that QEMU can boot: a bzImage, or an uncompressed vmlinux with
// CONFIG_PVH. (tools/vm unpacks the former itself where it can.)
absl::Status CheckKernel(const std::string& path);

// A file of this program's Bazel data, like "scxx/tools/vm/vm" (workspace first); "" when there is
// none.
std::string FindRunfile(const std::string& path);

}  // namespace scxx::vm

#endif  // SCXX_FRAMEWORK_APP_VM_LOCATE_H_
