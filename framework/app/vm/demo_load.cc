// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/demo_load.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace scxx {
namespace {

constexpr int kCannotExec = 127;

// The child, from fork to exec: nothing but system calls.
[[noreturn]] void WaitAndExec(int start_fd, char* const* argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  char go = 0;
  if (read(start_fd, &go, 1) != 1) _exit(0);  // the scheduler is gone, or never attached
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(null, STDOUT_FILENO);
  execv(argv[0], argv);
  _exit(kCannotExec);
}

absl::Status Describe(int wait_status) {
  if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) return absl::OkStatus();
  if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == kCannotExec) {
    return absl::NotFoundError("the demo load could not be started");
  }
  return absl::InternalError(
      WIFEXITED(wait_status)
          ? absl::StrCat("the demo load failed with status ", WEXITSTATUS(wait_status))
          : absl::StrCat("signal ", WTERMSIG(wait_status), " ended the demo load"));
}

}  // namespace

absl::StatusOr<DemoLoad> DemoLoad::Prepare(const std::string& program, absl::Duration duration) {
  // Longer than the scheduler runs, which ends it.
  const absl::Duration enough = std::min(duration, absl::Hours(24 * 365)) + absl::Seconds(60);
  return Prepare({program, "demo", absl::StrCat("--duration=", absl::ToInt64Seconds(enough), "s"),
                  absl::StrCat("--limit=", absl::ToInt64Seconds(enough) + 60, "s")});
}

absl::StatusOr<DemoLoad> DemoLoad::Prepare(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "cannot make a pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_fds[1]);
    WaitAndExec(pipe_fds[0], argv.data());
  }
  close(pipe_fds[0]);
  if (child > 0) return DemoLoad(child, pipe_fds[1]);
  const int error = errno;
  close(pipe_fds[1]);
  return absl::ErrnoToStatus(error, "cannot start a process for the demo load");
}

DemoLoad::DemoLoad(DemoLoad&& other) noexcept : child_(other.child_), start_fd_(other.start_fd_) {
  other.child_ = -1;
  other.start_fd_ = -1;
}

DemoLoad::~DemoLoad() { Stop().IgnoreError(); }

void DemoLoad::Start() {
  const char go = 1;
  // It fails if the child has died, which Stop reports.
  [[maybe_unused]] ssize_t written = write(start_fd_, &go, 1);
}

absl::Status DemoLoad::Stop() {
  if (child_ < 0) return absl::OkStatus();
  int wait_status = 0;
  const bool ended_itself = waitpid(child_, &wait_status, WNOHANG) == child_;
  kill(-child_, SIGKILL);
  if (!ended_itself) {
    kill(child_, SIGKILL);  // before it has a group of its own
    waitpid(child_, nullptr, 0);
  }
  close(start_fd_);
  child_ = -1;
  return ended_itself ? Describe(wait_status) : absl::OkStatus();
}

}  // namespace scxx
