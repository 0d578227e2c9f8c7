// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/agent_thread.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/kernel/process/proc_names.h"

namespace scxx {
namespace {

constexpr int kNudgeSignal = SIGURG;
constexpr int kSchedExt = 7;  // SCHED_EXT of <linux/sched.h>; the C library does not know it yet

void DoNothing(int) {}

bool IsOfAHigherClass(pid_t thread) {
  constexpr int kDeadline = 6;  // SCHED_DEADLINE
  const int policy = sched_getscheduler(thread) & ~SCHED_RESET_ON_FORK;
  return policy == SCHED_FIFO || policy == SCHED_RR || policy == kDeadline;
}

}  // namespace

AgentThread::AgentThread() : tid_(static_cast<int>(syscall(SYS_gettid))) {
  struct sigaction action = {};
  action.sa_handler = DoNothing;
  action.sa_flags = SA_RESTART;
  sigaction(kNudgeSignal, &action, nullptr);
}

void AgentThread::Nudge() const { syscall(SYS_tgkill, getpid(), tid_, kNudgeSignal); }

void GiveCpuAway(bool nap) {
  constexpr timespec kInstant = {.tv_sec = 0, .tv_nsec = 1};
  if (nap)
    clock_nanosleep(CLOCK_MONOTONIC, 0, &kInstant, nullptr);
  else
    sched_yield();
}

// CPUs that the machine does not have, or that come later, do no harm: the kernel takes what there
// is. Threads that are gone by now need nothing.
void RunEverywhere(const std::string& tasks) {
  std::array<unsigned char, 1024> all;
  all.fill(0xff);
  const sched_param ordinary = {};
  for (const int32_t thread : IdsIn(tasks)) {
    syscall(SYS_sched_setaffinity, thread, all.size(), all.data());
    if (IsOfAHigherClass(thread)) sched_setscheduler(thread, SCHED_OTHER, &ordinary);
  }
}

absl::Status MoveToOwnCpu(int cpu) {
  if (get_nprocs() < 2) {
    return absl::InvalidArgumentError(
        "agent_cpu: this machine has one CPU, which tasks need: leave the option out");
  }
  cpu_set_t before, set;
  CPU_ZERO(&set);
  if (cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
  if (sched_getaffinity(0, sizeof(before), &before) != 0 ||
      sched_setaffinity(0, sizeof(set), &set) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("agent_cpu: this process cannot run on CPU ", cpu,
                     ": choose one of /sys/devices/system/cpu/online"));
  }
  sched_setaffinity(0, sizeof(before), &before);
  return absl::OkStatus();
}

absl::Status JoinSchedExt() {
  const sched_param parameter = {};
  if (sched_setscheduler(0, kSchedExt, &parameter) == 0) return absl::OkStatus();
  const int error = errno;
  const absl::Status status =
      absl::ErrnoToStatus(error, "cannot join the SCHED_EXT class, which partial mode needs");
  if (error != EPERM) return status;
  // A filter of system calls, as a rule. The kernel itself refuses only who is SCHED_IDLE or
  // SCHED_RESET_ON_FORK, and that without CAP_SYS_NICE.
  return absl::PermissionDeniedError(absl::StrCat(
      std::string(status.message()),
      ": allow the system call sched_setscheduler (RestrictRealtime=no of the service, "
      "or a container's seccomp profile)"));
}

}  // namespace scxx
