// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/qemu_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/vm/qemu_args.h"

namespace scxx::vm {
namespace {

absl::Status Errno(const char* what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot start the machine: ", what));
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
absl::StatusOr<OwnedFd> MemoryFile(const std::string& contents) {
  OwnedFd fd(memfd_create("initramfs", MFD_CLOEXEC));
  if (!fd.ok()) return Errno("memfd_create");
  for (size_t done = 0; done < contents.size();) {
    const ssize_t wrote = write(fd.get(), contents.data() + done, contents.size() - done);
    if (wrote <= 0) return Errno("writing the initramfs");
    done += static_cast<size_t>(wrote);
  }
  return fd;
}

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
}

// In the child. The parent may have died before prctl; then nobody would send the signal.
void DieWith(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

[[noreturn]] void Execute(const std::vector<std::string>& args) {
  std::vector<char*> argv;
  for (const std::string& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

pid_t Spawn(const std::vector<std::string>& args, int complaints, std::initializer_list<int> keep) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid != 0) return pid;
  DieWith(parent);
  setpgid(0, 0);
  ResetSignals();
  dup2(open("/dev/null", O_RDWR | O_CLOEXEC), STDIN_FILENO);
  dup2(complaints, STDOUT_FILENO);
  dup2(complaints, STDERR_FILENO);
  for (int fd : keep) fcntl(fd, F_SETFD, 0);
  Execute(args);
}

}  // namespace

absl::StatusOr<QemuProcess> QemuProcess::Start(const std::string& qemu, const VmOptions& options,
                                               Accel accel, const std::string& initramfs) {
  absl::StatusOr<OwnedFd> initrd = MemoryFile(initramfs);
  if (!initrd.ok()) return initrd.status();
  absl::StatusOr<SocketPair> port = MakeSocketPair(), console = MakeSocketPair(),
                             complaints = MakeSocketPair();
  for (const auto* pair : {&port, &console, &complaints}) {
    if (!pair->ok()) return pair->status();
  }
  const QemuFds fds = {port->theirs.get(), console->theirs.get(), initrd->get()};
  const std::vector<std::string> args = QemuArgs(qemu, options, accel, fds);
  if (options.verbose) std::fprintf(stderr, "vm: %s\n", absl::StrJoin(args, " ").c_str());
  QemuProcess process;
  process.pid_ = Spawn(args, complaints->theirs.get(), {fds.port, fds.console, fds.initrd});
  if (process.pid_ < 0) return Errno("fork");
  process.port_ = std::move(port->ours);
  process.console_ = std::move(console->ours);
  process.complaints_ = std::move(complaints->ours);
  return process;
}

QemuProcess::QemuProcess(QemuProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      port_(std::move(other.port_)),
      console_(std::move(other.console_)),
      complaints_(std::move(other.complaints_)) {}

void QemuProcess::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace scxx::vm
