// SPDX-License-Identifier: Apache-2.0
//
// CPUs go and come, a hundred times and under load: the session attaches again, no task is lost,
// and nothing piles up.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "framework/engine/session.h"
#include "framework/kernel/process/process_memory.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "schedulers/vruntime/vruntime_policy.h"
#include "tests/kernel/busy_machine.h"
#include "tests/kernel/odd_machine.h"
#include "tests/kernel/run_policy.h"
#include "tests/kernel/session_process.h"

namespace scxx {
namespace {

using testing::IsEmpty;

// Changes come in a row, for an attach takes some fifty times as long as one. The first one ends
// the scheduler, and the others meet the kernel's own or the next attach.
constexpr int kRows = 2;
constexpr int kChangesInARow = 50;

// CPUs 1 to 3 go one after another, and come back one after another.
void ChangeCpus(int row) {
  for (int i = row * kChangesInARow; i < (row + 1) * kChangesInARow; ++i) {
    SetOnline(1 + i % 3, i % 6 >= 3);
  }
}

// What a process of many lives could keep of each.
struct Held {
  int64_t descriptors = 0;
  int64_t locked_bytes = 0;
};

Held HeldBy(pid_t pid) {
  const std::string process = absl::StrCat("/proc/", pid, "/");
  Held held;
  held.descriptors = std::distance(std::filesystem::directory_iterator(process + "fd"), {});
  held.locked_bytes = LockedBytes(process + "status").value();
  return held;
}

TEST(HotplugTest, AHundredTimes) {
  SessionProcess session(kUnderTest<VruntimePolicy>);
  ASSERT_TRUE(session.WaitForAttach()) << session.lives().why;
  const BusyMachine load;
  Held first;
  for (int row = 0; row < kRows; ++row) {
    ChangeCpus(row);
    ASSERT_TRUE(session.WaitUntilAttached()) << row << ": " << session.lives().why;
    EXPECT_THAT(load.Lost(), IsEmpty()) << row;
    if (row == 0) first = HeldBy(session.pid());
  }
  const Held last = HeldBy(session.pid());
  EXPECT_EQ(last.descriptors, first.descriptors);
  EXPECT_EQ(last.locked_bytes, first.locked_bytes);
  session.Stop();
  EXPECT_EQ(session.lives().ending, Ending::kStopped) << session.lives().why;
  EXPECT_GE(session.lives().restarts, kRows);
  EXPECT_EQ(session.lives().unaccounted, 0);
  EXPECT_EQ(session.lives().bad_records, 0u);
  EXPECT_EQ(SchedExtSysfs().State(), "disabled");
}

}  // namespace
}  // namespace scxx
