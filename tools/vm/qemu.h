// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_QEMU_H_
#define SCXX_TOOLS_VM_QEMU_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "framework/base/process/process.h"
#include "tools/vm/options.h"

namespace scxx::vm {

// One running QEMU, killed and reaped when this object goes. It has no name in any file system: the
// initramfs, an unpacked kernel and its sockets are inherited descriptors. It is in a process group
// of its own (a terminal's Ctrl-C is ours to pass on), and the kernel kills it when the thread that
// started it dies.
class QemuProcess {
 public:
  // `vmlinux`: the kernel unpacked; if empty, QEMU takes VmOptions::kernel.
  static absl::StatusOr<QemuProcess> Start(const std::string& qemu, const VmOptions& options,
                                           Accel accel, const std::string& initramfs,
                                           const std::string& vmlinux);

  // Non-blocking; at end of file when QEMU has ended.
  int port() const { return port_.get(); }
  int console() const { return console_.get(); }
  int complaints() const { return complaints_.get(); }  // QEMU's own standard error.
  int monitor() const { return monitor_.get(); }        // -1 without VmOptions::suspend.

  void Kill() { process_.Kill(); }

 private:
  QemuProcess() = default;

  Process process_;
  OwnedFd port_, console_, complaints_, monitor_;
};

// The descriptors that QEMU inherits.
struct QemuFds {
  int port;          // A stream socket: the virtio serial port, or the second serial line.
  int console;       // A stream socket: the first serial line, the kernel's console.
  int initrd;        // The initramfs, a seekable file.
  int vmlinux = -1;  // The unpacked kernel, a seekable file; -1: VmOptions::kernel.
  int monitor = -1;  // A stream socket: QEMU's monitor, for a machine that suspends.
};

// The CPU of an emulated machine, as QEMU's -cpu has it: all that QEMU can do, without what is
// quick on a CPU and slow when emulated.
//   erms, fsrm  `rep movsb` goes byte by byte, and a kernel that thinks it quick takes twice as
//               long to load a BPF program
//   xsave       a context switch moves 2.7 KB, which takes the host a fifth of its time where tasks
//               switch all the time
//   avx, ...    what cannot be used without xsave, which not every kernel asks about (7.1, 7.2)
inline constexpr char kEmulatedCpu[] = "max,-erms,-fsrm,-xsave,-avx,-avx2,-f16c,-fma,-vaes";

// QEMU's whole command line for one attempt; `accel` is not kAuto.
std::vector<std::string> QemuArgs(const std::string& qemu, const VmOptions& options, Accel accel,
                                  const QemuFds& fds);

// The kernel's command line.
std::string KernelCommandLine(const VmOptions& options);

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_QEMU_H_
