// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/agent_thread.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;

cpu_set_t Affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof(set), &set);
  return set;
}

// As `taskset` leaves it.
void NarrowToOneCpu() {
  const cpu_set_t now = Affinity();
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &now)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
}

TEST(RunEverywhere, WidensEveryThreadOfTheProcess) {
  const int all = [] {
    RunEverywhere();
    const cpu_set_t set = Affinity();
    return CPU_COUNT(&set);
  }();
  absl::Notification narrow, wide;
  int of_other = 0;
  std::thread other([&] {
    NarrowToOneCpu();
    narrow.Notify();
    wide.WaitForNotification();
    const cpu_set_t set = Affinity();
    of_other = CPU_COUNT(&set);
  });
  NarrowToOneCpu();
  narrow.WaitForNotification();
  RunEverywhere();
  wide.Notify();
  other.join();
  const cpu_set_t set = Affinity();
  EXPECT_EQ(CPU_COUNT(&set), all);
  EXPECT_EQ(of_other, all);
}

// As `chrt` leaves it.
TEST(RunEverywhere, EndsARealTimeClass) {
  const sched_param real_time = {.sched_priority = 1};
  if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &real_time) != 0) {
    GTEST_SKIP() << "not root, who alone may be real-time: the kernel tests try it, too";
  }
  RunEverywhere();
  EXPECT_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, SCHED_OTHER);
}

// As RestrictRealtime=yes does, here for the calling thread.
bool ForbidSchedulingClasses() {
  sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_sched_setscheduler, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {.len = std::size(steps), .filter = steps};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(JoinSchedExt, NamesTheCureWhereItIsForbidden) {
  bool forbidden = false;
  absl::Status joined;
  std::thread([&] {
    forbidden = ForbidSchedulingClasses();
    if (forbidden) joined = JoinSchedExt();
  }).join();
  if (!forbidden) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(joined.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(joined.message()), HasSubstr("RestrictRealtime=no"));
}

}  // namespace
}  // namespace scxx
