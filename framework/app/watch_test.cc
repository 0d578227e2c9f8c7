// SPDX-License-Identifier: Apache-2.0
#include "framework/app/watch.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "framework/app/stop_signals.h"
#include "framework/base/process/process.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class WatchTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
  }

  std::unique_ptr<Watch> Start(const WatchOptions& options) {
    return Watch::Start(options, [this] { Tick(); }, [this] { stopped_.Notify(); }).value();
  }
  void Tick() {
    if (++ticks_ == 3) ticked_.Notify();
  }

  const StopSignals signals_;
  int ticks_ = 0;
  absl::Notification ticked_;
  absl::Notification stopped_;
};

TEST_F(WatchTest, StopsForEachSignal) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    absl::Notification stopped;
    const auto watch = Watch::Start({}, [] {}, [&] { stopped.Notify(); }).value();
    kill(getpid(), signal);
    stopped.WaitForNotification();
    watch->Finish();
    EXPECT_EQ(watch->reason(), StopReason::kSignal);
  }
}

TEST_F(WatchTest, StopsAtTheEndOfTheDuration) {
  const auto watch = Start({.duration = absl::Milliseconds(1)});
  stopped_.WaitForNotification();
  watch->Finish();
  EXPECT_EQ(watch->reason(), StopReason::kDuration);
}

TEST_F(WatchTest, ADurationThatHasPassedStopsAtOnce) {
  const auto watch = Start({.duration = -absl::Seconds(1)});
  stopped_.WaitForNotification();
}

TEST_F(WatchTest, StopsWhenTheReaderOfItsOutputGoes) {
  int fds[2];
  ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
  const auto watch = Start({.out_fd = fds[1]});
  close(fds[0]);
  stopped_.WaitForNotification();
  watch->Finish();
  EXPECT_EQ(watch->reason(), StopReason::kOutputClosed);
  close(fds[1]);
}

TEST_F(WatchTest, TicksOnceItIsTold) {
  const auto watch = Start({.interval = absl::Milliseconds(1)});
  watch->StartTicks();
  ticked_.WaitForNotification();
  watch->Finish();
  EXPECT_EQ(watch->reason(), StopReason::kNone);
}

TEST_F(WatchTest, DoesNotTickBeforeThat) {
  const auto watch = Start({.interval = absl::Nanoseconds(1), .duration = absl::Milliseconds(20)});
  stopped_.WaitForNotification();
  watch->Finish();
  EXPECT_EQ(ticks_, 0);
}

TEST_F(WatchTest, FinishesWithoutAReason) {
  const auto watch = Start({});
  watch->Finish();
  EXPECT_FALSE(stopped_.HasBeenNotified());
  EXPECT_EQ(watch->reason(), StopReason::kNone);
}

TEST_F(WatchTest, KeepsTheFirstReason) {
  const auto watch = Start({.duration = absl::ZeroDuration()});
  stopped_.WaitForNotification();
  watch->Finish();
  EXPECT_EQ(watch->reason(), StopReason::kDuration);
}

// While it lives only so many more descriptors can be had.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(size_t left) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit limit = {64, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &limit);
    for (int fd; (fd = open("/", O_PATH | O_CLOEXEC)) >= 0;) taken_.emplace_back(fd);
    taken_.resize(taken_.size() - left);
  }
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_;
  std::vector<OwnedFd> taken_;
};

TEST_F(WatchTest, SaysThatThereIsNoDescriptorToBeHad) {
  const WatchOptions options = {.interval = absl::Hours(1), .duration = absl::Hours(1)};
  for (const size_t left : {0, 1, 2, 3}) {
    const DescriptorLimit limit(left);
    const absl::Status status = Watch::Start(options, [] {}, [] {}).status();
    EXPECT_EQ(status,
              absl::ResourceExhaustedError(
                  "cannot wait for signals: Too many open files: raise the limit of open files "
                  "(`ulimit -n`, or LimitNOFILE= of the service)"));
  }
  const DescriptorLimit limit(4);
  EXPECT_TRUE(Watch::Start(options, [] {}, [] {}).ok());
}

// No thread can have such a stack. TasksMax= has the same error.
TEST_F(WatchTest, SaysThatThereIsNoThreadToBeHad) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, size_t{1} << 46);
        pthread_setattr_default_np(&attributes);
        const absl::Status status = Watch::Start({}, [] {}, [] {}).status();
        fprintf(stderr, "%s\n", status.ToString().c_str());
        _exit(0);
      },
      testing::ExitedWithCode(0),
      "^RESOURCE_EXHAUSTED: cannot start a second thread: Resource temporarily unavailable: raise "
      "the limit of processes \\(`ulimit -u`, or TasksMax= of the service\\)\n$");
}

// An agent in an endless loop does not hear the first signal.
TEST_F(WatchTest, TheSecondSignalEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        absl::Notification stopped;
        const auto watch = Watch::Start({}, [] {}, [&] { stopped.Notify(); }).value();
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
