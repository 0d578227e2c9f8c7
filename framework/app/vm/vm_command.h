// SPDX-License-Identifier: Apache-2.0
//
// Starts this same program in a virtual machine, with a demo load beside it (tools/vm, tools/load).

#ifndef SCXX_FRAMEWORK_APP_VM_VM_COMMAND_H_
#define SCXX_FRAMEWORK_APP_VM_VM_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/app/options.h"

namespace scxx {

// The files it takes.
struct VmFiles {
  std::string vm;         // the tool
  std::string kernel;     // to boot
  std::string load;       // the load program
  std::string scheduler;  // this program
};

// Errors, each one line with its cure: no QEMU, no kernel to boot, not started by Bazel.
absl::StatusOr<VmFiles> FindVmFiles();

// The tool's whole command line.
std::vector<std::string> VmCommand(const VmFiles& files, const AppOptions& options,
                                   const std::vector<std::string>& guest_arguments);

// Becomes that command; its exit status is then this process's. Returns only if that fails.
absl::Status Exec(const std::vector<std::string>& command);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_VM_VM_COMMAND_H_
