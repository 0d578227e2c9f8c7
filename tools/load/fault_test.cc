// SPDX-License-Identifier: Apache-2.0
#include "tools/load/fault.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "framework/base/process/process.h"

namespace scxx::load {
namespace {

// A child that does nothing, and what waitpid says about it.
class FaultTest : public testing::Test {
 protected:
  // Blocks until the target's state changes.
  int AwaitChange() {
    int status = 0;
    EXPECT_EQ(waitpid(pid(), &status, WUNTRACED | WCONTINUED), pid());
    return status;
  }

  pid_t pid() const { return target_.pid(); }

 private:
  Process target_ = Process::Fork([] {
                      while (true) pause();
                    }).value();
};

TEST_F(FaultTest, StopStopsForItsTimeAndContinues) {
  const FaultPlan plan = {
      .kind = FaultPlan::Kind::kStop, .at = absl::Nanoseconds(5), .lasting = absl::Nanoseconds(7)};
  std::string moments;
  EXPECT_TRUE(InjectFault(plan, pid(), Instant(100), [&](Instant until) {
    absl::StrAppend(&moments, until.nanos(), " ");
    EXPECT_TRUE(until != Instant(112) || WIFSTOPPED(AwaitChange()));
    return false;
  }));
  EXPECT_EQ(moments, "105 112 ");
  EXPECT_TRUE(WIFCONTINUED(AwaitChange()));
}

TEST_F(FaultTest, ARunThatEndsFirstIsLeftAlone) {
  const FaultPlan plan = {.kind = FaultPlan::Kind::kKill};
  EXPECT_FALSE(InjectFault(plan, pid(), Instant(), [](Instant) { return true; }));
  EXPECT_EQ(kill(pid(), 0), 0);
}

TEST_F(FaultTest, KillKills) {
  const FaultPlan plan = {.kind = FaultPlan::Kind::kKill};
  EXPECT_TRUE(InjectFault(plan, pid(), Instant(), [](Instant) { return false; }));
  EXPECT_TRUE(WIFSIGNALED(AwaitChange()));
}

TEST_F(FaultTest, SlowStopsNineMillisecondsOfTen) {
  const FaultPlan plan = {.kind = FaultPlan::Kind::kSlow,
                          .at = absl::ZeroDuration(),
                          .lasting = absl::Milliseconds(20)};
  std::string moments;
  EXPECT_TRUE(InjectFault(plan, pid(), Instant(), [&](Instant until) {
    absl::StrAppend(&moments, until.nanos() / 1'000'000, " ");
    return false;
  }));
  EXPECT_EQ(moments, "0 9 10 19 20 ");
}

TEST_F(FaultTest, FindsAProcessByIdAndRefusesTheMissing) {
  EXPECT_EQ(FindProcess(absl::StrCat(pid())).value(), pid());
  EXPECT_EQ(FindProcess("no such name").status().message(),
            "--fault_target=no such name: no process of that name");
  EXPECT_FALSE(FindProcess("999999999").ok());
  EXPECT_FALSE(FindProcess("-1").ok());
}

}  // namespace
}  // namespace scxx::load
