// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/guest/agent.h"

#include <signal.h>
#include <sys/wait.h>

#include "absl/strings/str_cat.h"
#include "tools/load/clock.h"
#include "tools/load/sched_ext_state.h"
#include "tools/schedbench/guest/process.h"

namespace scxx::bench {
namespace {

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
