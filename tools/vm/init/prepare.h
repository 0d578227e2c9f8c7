// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_INIT_PREPARE_H_
#define SCXX_TOOLS_VM_INIT_PREPARE_H_

namespace scxx::vm {

// Makes the bare guest a place where programs run: file systems, loopback, limits. Dies when a file
// system that every kernel has is missing; those that a kernel may lack (bpf, debugfs, tracefs,
// cgroup2) are left out.
void PrepareGuest();

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_INIT_PREPARE_H_
