// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/qemu.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/vm/shape.h"
#include "tools/vm/wire.h"

namespace scxx::vm {
namespace {

using Args = std::vector<std::string>;

void Append(const Args& more, Args& args) { args.insert(args.end(), more.begin(), more.end()); }

Args AccelArgs(Accel accel) {
  switch (accel) {
    case Accel::kKvm:
      return {"-accel", "kvm"};
    case Accel::kTcgMulti:
      return {"-accel", "tcg,thread=multi"};
    default:
      return {"-accel", "tcg,thread=single"};
  }
}

Args CpuArgs(const VmOptions& options, Accel accel) {
  if (accel == Accel::kKvm) return {"-cpu", "host"};
  const Args disguise = DisguiseArgs(options);
  Args args = {"-cpu", absl::StrCat(kEmulatedCpu, disguise.empty() ? "" : ",-hypervisor")};
  Append(disguise, args);
  return args;
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
  Args args = {"-nodefaults", "-no-user-config", "-M", "q35"};
  Append(ShapeArgs(options), args);
  Append({"-m", absl::StrCat(options.memory_mb), "-display", "none", "-nic", "none", "-no-reboot"},
         args);
  return args;
}

// ioeventfd=off: the port is served by the guest CPU that rings it, at that very instruction, not
// by another host thread some time later.
Args VirtioPort() {
  return {"-device", "virtio-serial-pci,ioeventfd=off,max_ports=2", "-device",
          "virtserialport,chardev=port,nr=1"};
}

// A virtio port carries nothing any more once the machine has suspended; a serial line does.
Args SerialPortAndMonitor(int monitor) {
  return {"-serial",  "chardev:port",
          "-chardev", absl::StrCat("socket,id=monitor,fd=", monitor),
          "-mon",     "chardev=monitor,mode=control"};
}

Args DeviceArgs(const VmOptions& options, const QemuFds& fds) {
  Args args = {"-chardev", absl::StrCat("socket,id=console,fd=", fds.console),
               "-serial",  "chardev:console",
               "-chardev", absl::StrCat("socket,id=port,fd=", fds.port)};
  Append(options.suspend ? SerialPortAndMonitor(fds.monitor) : VirtioPort(), args);
  return args;
}

std::string Inherited(int fd) { return absl::StrCat("/proc/self/fd/", fd); }

}  // namespace

// panic=-1 with -no-reboot: a panic ends QEMU at once. The last three words save a quarter of an
// emulated boot: the kernel's self-tests of its ciphers, certificates for modules that nobody
// loads, and whether the timer works.
std::string KernelCommandLine(const VmOptions& options) {
  std::string line =
      "console=ttyS0 quiet panic=-1 oops=panic"
      " cryptomgr.notests initcall_blacklist=load_system_certificate_list no_timer_check";
  if (options.exact) {
    absl::StrAppend(&line, " nokaslr norandmaps mitigations=off tsc=reliable clocksource=tsc");
  }
  if (options.suspend) absl::StrAppend(&line, " ", kPortVariable, "=", kSerialPortDevice);
  absl::StrAppend(&line, KernelShape(options));
  if (!options.append.empty()) absl::StrAppend(&line, " ", options.append);
  return line;
}

std::vector<std::string> QemuArgs(const std::string& qemu, const VmOptions& options, Accel accel,
                                  const QemuFds& fds) {
  Args args = {qemu};
  Append(MachineArgs(options), args);
  Append(AccelArgs(accel), args);
  Append(CpuArgs(options, accel), args);
  if (options.exact) Append(ExactArgs(options), args);
  const std::string kernel = fds.vmlinux < 0 ? options.kernel : Inherited(fds.vmlinux);
  Append({"-kernel", kernel, "-initrd", Inherited(fds.initrd)}, args);
  Append({"-append", KernelCommandLine(options)}, args);
  Append(DeviceArgs(options, fds), args);
  return args;
}

namespace {

absl::Status Errno(absl::string_view what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start the machine: ", what));
}

absl::Status CannotStart(const absl::Status& why) {
  return absl::Status(why.code(), absl::StrCat("cannot start the machine: ", why.message()));
}

// Ours does not block; QEMU sets its own as it likes.
struct SocketPair {
  OwnedFd ours, theirs;
};

absl::StatusOr<SocketPair> MakeSocketPair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return Errno("socketpair");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const int as_much_as_allowed = 1 << 23;
  setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &as_much_as_allowed, sizeof(as_much_as_allowed));
  return SocketPair{OwnedFd(ends[0]), OwnedFd(ends[1])};
}

// A file without a name: nothing to remove, whatever happens.
absl::StatusOr<OwnedFd> MemoryFile(const char* name, const std::string& contents) {
  OwnedFd fd(memfd_create(name, MFD_CLOEXEC));
  if (!fd.ok()) return Errno("memfd_create");
  for (size_t done = 0; done < contents.size();) {
    const ssize_t wrote = write(fd.get(), contents.data() + done, contents.size() - done);
    if (wrote <= 0) return Errno(absl::StrCat("writing the ", name));
    done += static_cast<size_t>(wrote);
  }
  return fd;
}

}  // namespace

absl::StatusOr<QemuProcess> QemuProcess::Start(const std::string& qemu, const VmOptions& options,
                                               Accel accel, const std::string& initramfs,
                                               const std::string& vmlinux) {
  absl::StatusOr<OwnedFd> initrd = MemoryFile("initramfs", initramfs);
  if (!initrd.ok()) return initrd.status();
  absl::StatusOr<OwnedFd> kernel = OwnedFd();
  if (!vmlinux.empty()) kernel = MemoryFile("unpacked kernel", vmlinux);
  if (!kernel.ok()) return kernel.status();
  absl::StatusOr<SocketPair> port = MakeSocketPair(), console = MakeSocketPair(),
                             complaints = MakeSocketPair(), monitor = MakeSocketPair();
  for (const auto* pair : {&port, &console, &complaints, &monitor}) {
    if (!pair->ok()) return pair->status();
  }
  const QemuFds fds = {port->theirs.get(), console->theirs.get(), initrd->get(), kernel->get(),
                       monitor->theirs.get()};
  const std::vector<std::string> args = QemuArgs(qemu, options, accel, fds);
  if (options.verbose) std::fprintf(stderr, "vm: %s\n", absl::StrJoin(args, " ").c_str());
  absl::StatusOr<Process> process =
      Process::Start({.args = args,
                      .in = Command::kNull,
                      .out = complaints->theirs.get(),
                      .err = complaints->theirs.get(),
                      .keep = {fds.port, fds.console, fds.initrd, fds.vmlinux, fds.monitor},
                      .own_group = true,
                      .dies_with_parent = true,
                      .default_signals = true});
  if (!process.ok()) return CannotStart(process.status());
  QemuProcess qemu_process;
  qemu_process.process_ = *std::move(process);
  qemu_process.port_ = std::move(port->ours);
  qemu_process.console_ = std::move(console->ours);
  qemu_process.complaints_ = std::move(complaints->ours);
  if (options.suspend) qemu_process.monitor_ = std::move(monitor->ours);
  return qemu_process;
}

}  // namespace scxx::vm
