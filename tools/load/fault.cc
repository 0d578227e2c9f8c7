// SPDX-License-Identifier: Apache-2.0
#include "tools/load/fault.h"

#include <dirent.h>
#include <signal.h>

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "framework/base/duration.h"
#include "tools/load/counters.h"

namespace scxx::load {
namespace {

// While a target is stopped, the signals that would end this process wait until it runs again.
class ScopedStop {
 public:
  explicit ScopedStop(pid_t pid) : pid_(pid) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, &before_);
    kill(pid_, SIGSTOP);
  }
  ~ScopedStop() {
    kill(pid_, SIGCONT);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  pid_t pid_;
  sigset_t before_;
};

void Slow(pid_t pid, Instant end, Instant now, absl::FunctionRef<bool(Instant)> wait_until) {
  constexpr Nanos kStopped = Millis(9);
  constexpr Nanos kRunning = Millis(1);
  for (bool ended = false; now < end && !ended; now += kStopped + kRunning) {
    {
      ScopedStop stop(pid);
      ended = wait_until(now + kStopped);
    }
    ended = ended || wait_until(now + kStopped + kRunning);
  }
}

std::vector<pid_t> ProcessesNamed(const std::string& comm) {
  std::vector<pid_t> pids;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return pids;
  while (const dirent* entry = readdir(proc)) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry->d_name, &pid)) continue;
    const std::string name = ReadSmallFile(absl::StrCat("/proc/", pid, "/comm").c_str());
    if (absl::StripAsciiWhitespace(name) == comm) pids.push_back(pid);
  }
  closedir(proc);
  return pids;
}

}  // namespace

std::string FaultName(FaultPlan::Kind kind) {
  switch (kind) {
    case FaultPlan::Kind::kNone:
      return "none";
    case FaultPlan::Kind::kStop:
      return "stop";
    case FaultPlan::Kind::kKill:
      return "kill";
    case FaultPlan::Kind::kSlow:
      return "slow";
  }
  return "unknown";
}

absl::StatusOr<pid_t> FindProcess(const std::string& target) {
  pid_t pid = 0;
  if (absl::SimpleAtoi(target, &pid)) {
    if (pid > 1 && kill(pid, 0) == 0) return pid;
    return absl::NotFoundError(absl::StrCat("--fault_target=", target, ": no such process"));
  }
  const std::vector<pid_t> pids = ProcessesNamed(target);
  if (pids.size() == 1) return pids[0];
  if (pids.empty()) {
    return absl::NotFoundError(
        absl::StrCat("--fault_target=", target, ": no process of that name"));
  }
  return absl::InvalidArgumentError(absl::StrCat("--fault_target=", target, ": ", pids.size(),
                                                 " processes of that name, give a process id"));
}

bool InjectFault(const FaultPlan& plan, pid_t pid, Instant start,
                 absl::FunctionRef<bool(Instant)> wait_until) {
  const Instant at = start + FromDuration(plan.at);
  const Instant end = at + FromDuration(plan.lasting);
  if (plan.kind == FaultPlan::Kind::kNone || wait_until(at)) return false;
  if (plan.kind == FaultPlan::Kind::kKill) {
    kill(pid, SIGKILL);
  } else if (plan.kind == FaultPlan::Kind::kSlow) {
    Slow(pid, end, at, wait_until);
  } else {
    ScopedStop stop(pid);
    wait_until(end);
  }
  return true;
}

}  // namespace scxx::load
