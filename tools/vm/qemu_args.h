// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_QEMU_ARGS_H_
#define SCXX_TOOLS_VM_QEMU_ARGS_H_

#include <string>
#include <vector>

#include "tools/vm/options.h"

namespace scxx::vm {

// The descriptors that QEMU inherits.
struct QemuFds {
  int port;     // A stream socket: the virtio serial port.
  int console;  // A stream socket: the first serial line, the kernel's console.
  int initrd;   // The initramfs, a seekable file.
};

// QEMU's whole command line for one attempt; `accel` is not kAuto.
std::vector<std::string> QemuArgs(const std::string& qemu, const VmOptions& options, Accel accel,
                                  const QemuFds& fds);

// The kernel's command line.
std::string KernelCommandLine(const VmOptions& options);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_QEMU_ARGS_H_
