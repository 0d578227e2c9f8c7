// SPDX-License-Identifier: Apache-2.0
#include "framework/app/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include "absl/time/time.h"
#include "framework/base/process/signals.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// Whatever the test was started with.
class StopSignalsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
    const sigset_t none = {};
    pthread_sigmask(SIG_SETMASK, &none, nullptr);
  }
  void TearDown() override { SetUp(); }
};

bool IsPending(int number) {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, number);
}

TEST_F(StopSignalsTest, AreWaitedFor) {
  const StopSignals signals;
  EXPECT_FALSE(WaitForStopSignal(absl::Nanoseconds(1)));
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(WaitForStopSignal(absl::InfiniteDuration()));
  EXPECT_FALSE(IsPending(SIGTERM));
}

// What nohup, `trap "" INT` and `vruntime &` in a script ask for.
TEST_F(StopSignalsTest, OneThatIsIgnoredStaysIgnored) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    signal(number, SIG_IGN);
    const StopSignals signals;
    kill(getpid(), number);
    EXPECT_FALSE(IsPending(number));
    EXPECT_FALSE(WaitForStopSignal(absl::Nanoseconds(1)));
  }
}

bool IsBlocked(int number) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, number);
}

TEST_F(StopSignalsTest, WhatTheParentHasBlockedIsNotPendingForEver) {
  sigset_t resized = {};
  sigaddset(&resized, SIGWINCH);
  pthread_sigmask(SIG_SETMASK, &resized, nullptr);
  {
    const StopSignals signals;
    kill(getpid(), SIGWINCH);
    EXPECT_FALSE(IsPending(SIGWINCH));
  }
  EXPECT_TRUE(IsBlocked(SIGWINCH));
  EXPECT_FALSE(IsBlocked(SIGTERM));
}

TEST_F(StopSignalsTest, ALostLogRaisesNothing) {
  for (const int number : {SIGPIPE, SIGXFSZ, SIGTTOU}) signal(number, SIG_DFL);
  const StopSignals signals;
  for (const int number : {SIGPIPE, SIGXFSZ, SIGTTOU}) EXPECT_TRUE(IsIgnored(number)) << number;
}

TEST_F(StopSignalsTest, OnceReleasedOneEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        StopSignals signals;
        kill(getpid(), SIGTERM);
        signals.Release();
        _exit(0);
      },
      testing::KilledBySignal(SIGTERM), "");
}

}  // namespace
}  // namespace scxx
