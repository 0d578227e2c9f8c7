// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/agent_thread.h"

#include <sched.h>

#include <thread>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

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

}  // namespace
}  // namespace scxx
