// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/qemu_args.h"

#include <bit>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace scxx::vm {
namespace {

using Args = std::vector<std::string>;

Args AccelArgs(Accel accel) {
  switch (accel) {
    case Accel::kKvm:
      return {"-accel", "kvm", "-cpu", "host"};
    case Accel::kTcgMulti:
      return {"-accel", "tcg,thread=multi", "-cpu", "max"};
    default:
      return {"-accel", "tcg,thread=single", "-cpu", "max"};
  }
}

// sleep=off: an idle guest's clock jumps to its next timer. The clock of day is fixed, and runs on
// guest time.
Args ExactArgs(const VmOptions& options) {
  const int shift = std::countr_zero(static_cast<unsigned>(options.instruction_ns));
  return {"-icount", absl::StrCat("shift=", shift, ",sleep=off"),
          "-rtc",    "base=2025-01-01T00:00:00,clock=vm",
          "-seed",   absl::StrCat(options.seed)};
}

Args MachineArgs(const VmOptions& options) {
  return {"-nodefaults", "-no-user-config",
          "-M",          "q35",
          "-smp",        absl::StrCat(options.cpus),
          "-m",          absl::StrCat(options.memory_mb),
          "-display",    "none",
          "-nic",        "none",
          "-no-reboot"};
}

// ioeventfd=off: the port is served by the guest CPU that rings it, at that very instruction, not
// by another host thread some time later.
Args DeviceArgs(const QemuFds& fds) {
  return {"-chardev", absl::StrCat("socket,id=console,fd=", fds.console),
          "-serial",  "chardev:console",
          "-chardev", absl::StrCat("socket,id=port,fd=", fds.port),
          "-device",  "virtio-serial-pci,ioeventfd=off,max_ports=2",
          "-device",  "virtserialport,chardev=port,nr=1"};
}

void Append(const Args& more, Args& args) { args.insert(args.end(), more.begin(), more.end()); }

}  // namespace

// panic=-1 with -no-reboot: a panic ends QEMU at once. The last two words save a quarter of an
// emulated boot: the kernel's self-tests of its ciphers, and certificates for modules that nobody
// loads.
std::string KernelCommandLine(const VmOptions& options) {
  std::string line =
      "console=ttyS0 quiet panic=-1 oops=panic"
      " cryptomgr.notests initcall_blacklist=load_system_certificate_list";
  if (options.exact) {
    absl::StrAppend(&line, " nokaslr norandmaps mitigations=off tsc=reliable clocksource=tsc");
  }
  if (!options.append.empty()) absl::StrAppend(&line, " ", options.append);
  return line;
}

std::vector<std::string> QemuArgs(const std::string& qemu, const VmOptions& options, Accel accel,
                                  const QemuFds& fds) {
  Args args = {qemu};
  Append(MachineArgs(options), args);
  Append(AccelArgs(accel), args);
  if (options.exact) Append(ExactArgs(options), args);
  Append({"-kernel", options.kernel, "-initrd", absl::StrCat("/proc/self/fd/", fds.initrd)}, args);
  Append({"-append", KernelCommandLine(options)}, args);
  Append(DeviceArgs(fds), args);
  return args;
}

}  // namespace scxx::vm
