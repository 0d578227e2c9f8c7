// SPDX-License-Identifier: Apache-2.0
#include "framework/app/watch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "framework/app/stop_signals.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class WatchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
  }

  void Tick() {
    if (++ticks_ == 3) ticked_.Notify();
  }
  void Stop() { stopped_.Notify(); }

  const StopSignals signals_;
  int ticks_ = 0;
  absl::Notification ticked_;
  absl::Notification stopped_;
};

#define CALLBACKS [this] { Tick(); }, [this] { Stop(); }

TEST_F(WatchTest, StopsForEachSignal) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    absl::Notification stopped;
    Watch watch({}, [] {}, [&] { stopped.Notify(); });
    kill(getpid(), signal);
    stopped.WaitForNotification();
    watch.Finish();
    EXPECT_EQ(watch.reason(), StopReason::kSignal);
  }
}

TEST_F(WatchTest, StopsAtTheEndOfTheDuration) {
  Watch watch({.duration = absl::Milliseconds(1)}, CALLBACKS);
  stopped_.WaitForNotification();
  watch.Finish();
  EXPECT_EQ(watch.reason(), StopReason::kDuration);
}

TEST_F(WatchTest, ADurationThatHasPassedStopsAtOnce) {
  Watch watch({.duration = -absl::Seconds(1)}, CALLBACKS);
  stopped_.WaitForNotification();
}

TEST_F(WatchTest, StopsWhenTheReaderOfItsOutputGoes) {
  int fds[2];
  ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
  Watch watch({.out_fd = fds[1]}, CALLBACKS);
  close(fds[0]);
  stopped_.WaitForNotification();
  watch.Finish();
  EXPECT_EQ(watch.reason(), StopReason::kOutputClosed);
  close(fds[1]);
}

TEST_F(WatchTest, Ticks) {
  Watch watch({.interval = absl::Milliseconds(1)}, CALLBACKS);
  ticked_.WaitForNotification();
  watch.Finish();
  EXPECT_EQ(watch.reason(), StopReason::kNone);
}

TEST_F(WatchTest, FinishesWithoutAReason) {
  Watch watch({}, CALLBACKS);
  watch.Finish();
  EXPECT_FALSE(stopped_.HasBeenNotified());
  EXPECT_EQ(watch.reason(), StopReason::kNone);
}

TEST_F(WatchTest, KeepsTheFirstReason) {
  Watch watch({.duration = absl::ZeroDuration()}, CALLBACKS);
  stopped_.WaitForNotification();
  watch.Finish();
  EXPECT_EQ(watch.reason(), StopReason::kDuration);
}

// An agent in an endless loop does not hear the first signal.
TEST_F(WatchTest, TheSecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        absl::Notification stopped;
        Watch watch({}, [] {}, [&] { stopped.Notify(); });
        kill(getpid(), SIGTERM);
        stopped.WaitForNotification();
        kill(getpid(), SIGINT);
        pause();
      },
      testing::ExitedWithCode(128 + SIGINT), "");
}

// In a session of its own, so with no terminal but the one it opens. Returns what EndsWithOutput
// says there, or 2 if there is no terminal to be had.
int EndsWithOutputThere(bool with_terminal, bool ignores_hangup) {
  if (fork() == 0) {
    setsid();
    signal(SIGHUP, ignores_hangup ? SIG_IGN : SIG_DFL);
    if (with_terminal) {
      const int master = posix_openpt(O_RDWR | O_NOCTTY);
      if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) _exit(2);
      if (open(ptsname(master), O_RDWR) < 0) _exit(2);  // the session's terminal from here on
    }
    _exit(EndsWithOutput());
  }
  int status = 0;
  wait(&status);
  return WEXITSTATUS(status);
}

TEST(EndsWithOutput, InTheForegroundOfATerminalOnly) {
  EXPECT_NE(EndsWithOutputThere(/*with_terminal=*/true, /*ignores_hangup=*/false), 0);
  EXPECT_EQ(EndsWithOutputThere(/*with_terminal=*/false, /*ignores_hangup=*/false), 0);
}

TEST(EndsWithOutput, NotWhereAHangupIsIgnored) {
  EXPECT_NE(EndsWithOutputThere(/*with_terminal=*/true, /*ignores_hangup=*/true), 1);
}

TEST(StopReason, HasWords) {
  EXPECT_EQ(Describe(StopReason::kSignal), "a signal");
  EXPECT_EQ(Describe(StopReason::kDuration), "the end of --duration");
  EXPECT_EQ(Describe(StopReason::kOutputClosed), "its output was closed");
}

}  // namespace
}  // namespace scxx
