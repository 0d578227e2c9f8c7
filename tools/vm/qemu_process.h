// SPDX-License-Identifier: Apache-2.0
#ifndef SCXX_TOOLS_VM_QEMU_PROCESS_H_
#define SCXX_TOOLS_VM_QEMU_PROCESS_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"
#include "tools/vm/options.h"
#include "tools/vm/owned_fd.h"

namespace scxx::vm {

// One running QEMU, killed and reaped when this object goes. It has no name in any file system: the
// initramfs and its sockets are inherited descriptors. It is in a process group of its own (a
// terminal's Ctrl-C is ours to pass on), and the kernel kills it when the thread that started it
// dies.
class QemuProcess {
 public:
  static absl::StatusOr<QemuProcess> Start(const std::string& qemu, const VmOptions& options,
                                           Accel accel, const std::string& initramfs);

  QemuProcess(QemuProcess&& other) noexcept;
  QemuProcess& operator=(QemuProcess&&) = delete;
  ~QemuProcess() { Kill(); }

  // Non-blocking; at end of file when QEMU has ended.
  int port() const { return port_.get(); }
  int console() const { return console_.get(); }
  int complaints() const { return complaints_.get(); }  // QEMU's own standard error.

  void Kill();

 private:
  QemuProcess() = default;

  pid_t pid_ = -1;
  OwnedFd port_, console_, complaints_;
};

}  // namespace scxx::vm

#endif  // SCXX_TOOLS_VM_QEMU_PROCESS_H_
