// SPDX-License-Identifier: Apache-2.0
//
// How the CPUs and the memory of a machine lie: what is there, what could be, and who shares what.
//
//   VmOptions options;
//   options.cpus = 2;
//   options.max_cpus = 4;
//   options.topology = "1x2x2";   // sockets x cores x threads, of all that there could be
//   options.numa = "4,0";         // the second node has memory only
//   absl::Status status = CheckShape(options);
//   ShapeArgs(options);           // -smp 4,sockets=1,cores=2,threads=2 -object ...
//   KernelShape(options);         // maxcpus=2
//
//   options.possible = 64;        // instead of max_cpus: 62 are not there, but could come
//   DisguiseArgs(options);        // -smbios ..., for an emulated machine

#ifndef SCXX_TOOLS_VM_SHAPE_H_
#define SCXX_TOOLS_VM_SHAPE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// InvalidArgument, in one line that names the flag, for what no machine can be.
absl::Status CheckShape(const VmOptions& options);

// QEMU's words for it. The options have passed CheckShape.
std::vector<std::string> ShapeArgs(const VmOptions& options);
// For an emulated machine, what makes the kernel count CPUs that could be plugged in; its CPU must
// not show a hypervisor.
std::vector<std::string> DisguiseArgs(const VmOptions& options);
// And the kernel's, with a blank before each.
std::string KernelShape(const VmOptions& options);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_SHAPE_H_
