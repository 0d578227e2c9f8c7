// SPDX-License-Identifier: Apache-2.0
#include "framework/base/process/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/status/status.h"

namespace scxx {
namespace {

// In the child. The parent may have died before prctl, and then nobody would send the signal.
void DieWith(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

void ResetSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
}

void Redirect(int to, int fd) {
  if (fd == Command::kNull) fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (fd >= 0) dup2(fd, to);
}

[[noreturn]] void Execute(const Command& command) {
  for (const std::string& variable : command.env) putenv(const_cast<char*>(variable.c_str()));
  std::vector<char*> argv;
  for (const std::string& arg : command.args) argv.push_back(const_cast<char*>(arg.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

[[noreturn]] void Become(const Command& command, pid_t parent) {
  if (command.dies_with_parent) DieWith(parent);
  if (command.own_group) setpgid(0, 0);
  if (command.default_signals) ResetSignals();
  if (command.prepare) command.prepare();
  Redirect(STDIN_FILENO, command.in);
  Redirect(STDOUT_FILENO, command.out);
  Redirect(STDERR_FILENO, command.err);
  for (int fd : command.keep) fcntl(fd, F_SETFD, 0);
  Execute(command);
}

absl::Status ForkError() { return absl::ErrnoToStatus(errno, "fork"); }

}  // namespace

void FillStandardStreams() {
  int fd;
  while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO) {
  }
  if (fd >= 0) close(fd);
}

absl::StatusOr<PipeEnds> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == 0) return PipeEnds{OwnedFd(ends[0]), OwnedFd(ends[1])};
  return absl::ErrnoToStatus(errno, "cannot make a pipe");
}

bool ReadMore(int fd, std::string& seen) {
  char chunk[4096];
  ssize_t got = -1;
  while ((got = read(fd, chunk, sizeof(chunk))) < 0 && errno == EINTR) {
  }
  if (got > 0) seen.append(chunk, static_cast<size_t>(got));
  return got > 0;
}

ExitStatus ExitStatus::FromWaitStatus(int wait_status) {
  if (WIFSIGNALED(wait_status)) return {0, WTERMSIG(wait_status)};
  return {WEXITSTATUS(wait_status), 0};
}

absl::StatusOr<Process> Process::Start(const Command& command) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return ForkError();
  if (pid == 0) Become(command, parent);
  return Process(pid);
}

absl::StatusOr<Process> Process::Fork(absl::FunctionRef<void()> body) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return ForkError();
  if (pid > 0) return Process(pid);
  DieWith(parent);
  body();
  _exit(0);
}

void Process::Signal(int number) const {
  if (pid_ > 0) kill(pid_, number);
}

ExitStatus Process::Wait() {
  if (pid_ < 0) return {};  // waitpid would take any child of ours for it.
  int wait_status = 0;
  while (waitpid(pid_, &wait_status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return ExitStatus::FromWaitStatus(wait_status);
}

void Process::Kill() {
  if (pid_ < 0) return;
  Signal(SIGKILL);
  Wait();
}

}  // namespace scxx
