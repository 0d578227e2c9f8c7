// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INITRAMFS_H_
#define SCXX_TOOLS_VM_INITRAMFS_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// The guest's whole root, as an archive for the kernel: init, the files with the libraries they
// need, and the command. The same options and file contents give the same bytes.
absl::StatusOr<std::string> BuildInitramfs(const VmOptions& options);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INITRAMFS_H_
