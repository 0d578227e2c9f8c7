// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/agent_thread.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace scxx {
namespace {

constexpr int kNudgeSignal = SIGURG;
constexpr int kSchedExt = 7;  // SCHED_EXT of <linux/sched.h>; the C library does not know it yet

void DoNothing(int) {}

}  // namespace

AgentThread::AgentThread() : tid_(static_cast<int>(syscall(SYS_gettid))) {
  struct sigaction action = {};
  action.sa_handler = DoNothing;
  action.sa_flags = SA_RESTART;
  sigaction(kNudgeSignal, &action, nullptr);
}

void AgentThread::Nudge() const { syscall(SYS_tgkill, getpid(), tid_, kNudgeSignal); }

absl::Status JoinSchedExt() {
  const sched_param parameter = {};
  if (sched_setscheduler(0, kSchedExt, &parameter) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "cannot join the SCHED_EXT class, which partial mode needs");
}

}  // namespace scxx
