// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/boot_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace scxx::bench {
namespace {

struct Pipe {
  vm::OwnedFd in, out;
};

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  return Pipe{vm::OwnedFd(ends[1]), vm::OwnedFd(ends[0])};
}

// Appends what is there, or waits for it. False at the end.
bool ReadSome(int fd, std::string& text) {
  char buffer[1 << 16];
  const ssize_t got = read(fd, buffer, sizeof(buffer));
  if (got > 0) text.append(buffer, static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

// In the child. Why it failed goes to `error`.
[[noreturn]] void RunBoot(const Boot& boot, pid_t parent, int out, int error) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // A QEMU under it has asked for the same.
  if (getppid() != parent) _exit(1);
  dup2(out, STDOUT_FILENO);
  const absl::StatusOr<int> status = boot();
  if (status.ok()) _exit(*status);
  dprintf(error, "%s", std::string(status.status().message()).c_str());
  _exit(1);
}

}  // namespace

absl::StatusOr<BootProcess> BootProcess::Start(const Boot& boot) {
  absl::StatusOr<Pipe> out = MakePipe(), error = MakePipe();
  if (!out.ok()) return out.status();
  if (!error.ok()) return error.status();
  fflush(nullptr);
  const pid_t parent = getpid();
  BootProcess process;
  process.pid_ = fork();
  if (process.pid_ < 0) return absl::ErrnoToStatus(errno, "cannot start a machine: fork");
  if (process.pid_ == 0) RunBoot(boot, parent, out->in.get(), error->in.get());
  process.out_ = std::move(out->out);
  process.error_ = std::move(error->out);
  return process;
}

BootProcess::BootProcess(BootProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::move(other.out_)),
      error_(std::move(other.error_)),
      output_(std::move(other.output_)) {}

BootProcess::~BootProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool BootProcess::Read() { return ReadSome(out_.get(), output_); }

absl::Status BootProcess::Finish() {
  std::string error;
  while (ReadSome(error_.get(), error)) {
  }
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (!error.empty()) return absl::UnavailableError(error);
  if (status == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the driver failed, status ", WEXITSTATUS(status)));
}

}  // namespace scxx::bench
