// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/guest/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tools/load/clock.h"
#include "tools/load/sched_ext_state.h"

namespace scxx::bench {
namespace {

void Redirect(int fd, const std::string& path) {
  if (path.empty()) return;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file >= 0) dup2(file, fd);
}

// What `waitpid` says as a shell does: the exit code, or 128 + the signal.
int ShellCode(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

constexpr Nanos kLimit = Seconds(30);
constexpr Nanos kPoll = Millis(1);
constexpr char kOut[] = "/tmp/schedbench_agent.out";
constexpr char kErr[] = "/tmp/schedbench_agent.err";

std::string State() { return load::ReadSchedExtState().state; }

std::string LastWords() {
  const std::string err = LastLine(kErr);
  return err.empty() ? LastLine(kOut) : err;
}

// Polls, as nothing here can be waited for: `done` within the limit.
template <typename Done>
bool Await(Done done) {
  const Instant end = load::Now() + kLimit;
  while (!done()) {
    if (load::Now() >= end) return false;
    load::SleepUntil(load::Now() + kPoll);
  }
  return true;
}

}  // namespace

pid_t StartProcess(const std::vector<std::string>& command, const std::string& out,
                   const std::string& err) {
  fflush(stdout);
  std::vector<char*> argv;
  for (const std::string& argument : command) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  Redirect(STDOUT_FILENO, out);
  Redirect(STDERR_FILENO, err);
  execv(argv[0], argv.data());
  perror(argv[0]);
  _exit(127);
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return ShellCode(status);
}

std::string LastLine(const std::string& path) {
  std::ifstream file(path);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

Agent::~Agent() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  WaitFor(pid_);
}

absl::Status Agent::Attach() {
  if (scheduler_.command.empty()) return absl::OkStatus();
  if (pid_ != 0 && !Died() && State() == "enabled") return absl::OkStatus();
  if (pid_ != 0) Detach();
  if (!Await([] { return State() == "disabled"; })) return GiveUp("another scheduler is attached");
  const Instant start = load::Now();
  pid_ = StartProcess(scheduler_.command, kOut, kErr);
  const bool in_time = Await([&] { return State() == "enabled" || Died(); });
  if (pid_ == 0) return GiveUp("it ended");
  if (!in_time) return GiveUp("not attached after 30 s");
  if (to_attach_ == Nanos()) to_attach_ = load::Now() - start;
  return absl::OkStatus();
}

AgentEnd Agent::Detach() {
  if (pid_ != 0) {
    kill(pid_, SIGINT);
    if (!Await([&] { return Died(); })) {
      kill(pid_, SIGKILL);
      end_.exit_code = WaitFor(pid_);
      pid_ = 0;
    }
  }
  Await([] { return State() != "enabled" && State() != "disabling"; });
  end_.last_line = scheduler_.command.empty() ? "" : LastWords();
  return end_;
}

// Reaps it when it has ended.
bool Agent::Died() {
  if (pid_ == 0) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  end_.exit_code = ShellCode(status);
  pid_ = 0;
  return true;
}

absl::Status Agent::GiveUp(const char* what) {
  return absl::UnavailableError(absl::StrCat("cannot attach: ", what, ": ", LastWords()));
}

}  // namespace scxx::bench
