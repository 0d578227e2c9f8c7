// SPDX-License-Identifier: Apache-2.0
//
// A scheduler's life on scripted machines: what it prints, and how it ends.

#include "framework/app/session_console.h"

#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "framework/app/session_console_test_base.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST_F(SessionConsoleTest, ASignalDetachesCleanly) {
  EXPECT_EQ(Run({{.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
  EXPECT_THAT(Out(), AllOf(HasSubstr("7 decisions"), HasSubstr("page faults 5"),
                           HasSubstr("fifo: kernel's exit report: unregistered from user space\n"),
                           HasSubstr("fifo: detached cleanly after "), EndsWith(" (a signal)\n")));
  EXPECT_EQ(Err(), "");
}

TEST_F(SessionConsoleTest, TheDurationDetachesCleanly) {
  options_.duration = absl::Milliseconds(1);
  EXPECT_EQ(Run({{}}), ExitCode::kOk);
  EXPECT_THAT(Out(), EndsWith(" (the end of --duration)\n"));
}

TEST_F(SessionConsoleTest, ShowsTheCountersWhenAsked) {
  options_.counters = true;
  EXPECT_EQ(Run({{.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_THAT(Out(), HasSubstr("\ncounter parks 12 times: Times the agent parked\n"));
}

TEST_F(SessionConsoleTest, ClosedOutputDetachesCleanly) {
  close(out_[0]);
  EXPECT_EQ(Run({{}}), ExitCode::kOk);
  out_[0] = -1;
}

TEST_F(SessionConsoleTest, AServiceGoesOnWithoutItsOutput) {
  ends_with_output_ = false;
  options_.duration = absl::Milliseconds(50);
  options_.stats_interval = absl::Milliseconds(10);
  close(out_[0]);
  out_[0] = -1;
  EXPECT_EQ(Run({{}}), ExitCode::kOk);
  EXPECT_EQ(reason_, StopReason::kDuration);
}

// A reader that is behind until it hears that the scheduler is attached: who waits for it waits for
// ever.
TEST_F(SessionConsoleTest, TheGreetingDoesNotWaitForTheReader) {
  FillOut();
  when_attached_ = [&] { EmptyOut(); };
  EXPECT_EQ(Run({{.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
  EXPECT_THAT(Out(), HasSubstr("detached cleanly"));
}

TEST_F(SessionConsoleTest, ItEndsAlthoughNobodyReads) {
  FillOut();
  patience_ = absl::Milliseconds(1);
  EXPECT_EQ(Run({{.signal = SIGTERM}}), ExitCode::kOk);
  EXPECT_EQ(reason_, StopReason::kSignal);
}

TEST_F(SessionConsoleTest, SaysWhatPeopleShouldKnowOfTheMachine) {
  EXPECT_EQ(Run({{.notes = {"3 groups have limits"}, .signal = SIGINT}}), ExitCode::kOk);
  EXPECT_THAT(Out(), HasSubstr("attached to a fake machine\nfifo: 3 groups have limits\n"));
}

TEST_F(SessionConsoleTest, SaysOnceThatNobodyHasJoined) {
  options_.kernel.partial = true;
  options_.duration = absl::Milliseconds(200);
  options_.stats_interval = absl::Milliseconds(10);
  when_attached_ = [&] { current_->fake_backend().Advance(Seconds(12)); };
  EXPECT_EQ(Run({{}}), ExitCode::kOk);
  const std::string out = Out();
  const size_t first = out.find("no task has joined SCHED_EXT");
  ASSERT_NE(first, std::string::npos);
  EXPECT_THAT(out.substr(first), HasSubstr("chrt --ext 0 COMMAND"));
  EXPECT_EQ(out.find("no task has joined", first + 1), std::string::npos);
}

TEST_F(SessionConsoleTest, SaysNothingOnceSomebodyHasJoined) {
  options_.kernel.partial = true;
  options_.duration = absl::Milliseconds(200);
  options_.stats_interval = absl::Milliseconds(10);
  when_attached_ = [&] { current_->fake_backend().Advance(Seconds(12)); };
  EXPECT_EQ(Run({{.queued = 1}}), ExitCode::kOk);
  EXPECT_THAT(Out(), Not(HasSubstr("no task has joined")));
}

TEST_F(SessionConsoleTest, AWrongCommandLineIsNoReasonToTryAgain) {
  EXPECT_EQ(Run({{.attach = absl::InvalidArgumentError("no such slice")}}), ExitCode::kUsage);
}

TEST_F(SessionConsoleTest, PrintsLinesWhileItRuns) {
  options_.stats_interval = absl::Milliseconds(10);
  options_.duration = absl::Milliseconds(100);
  EXPECT_EQ(Run({{}}), ExitCode::kOk);
  EXPECT_THAT(Out(), AllOf(HasSubstr("queued 0  dispatched 2  custody 2  running 3 |"),
                           HasSubstr("\nexplain 7 hog: waits\n")));
}

TEST_F(SessionConsoleTest, AnEjectionFailsWithTheKernelsReasonAndDump) {
  EXPECT_EQ(Run({{.report = {.kind = 1026,
                             .reason = "runnable task stall",
                             .message = "hog[7] failed to run for 5.001s",
                             .dump = "CPU 0: nr_run=1\n"},
                  .exits_by_itself = true}}),
            ExitCode::kFailed);
  const std::string err = Err();
  EXPECT_THAT(err, HasSubstr("CPU 0: nr_run=1\n"));
  EXPECT_THAT(err, HasSubstr("fifo: FAILED: ejected by the kernel after "));
  EXPECT_THAT(err, EndsWith(": runnable task stall: hog[7] failed to run for 5.001s\n"));
}

// Any user may name a thread so that the kernel's message about it steers root's terminal.
TEST_F(SessionConsoleTest, NothingThatOthersNamedSteersTheTerminal) {
  EXPECT_EQ(Run({{.report = {.kind = 1026,
                             .reason = "runnable task stall",
                             .message = "\33[2Jhog[7] failed to run",
                             .dump = "CPU 0:\n\t\33]0;root\7hog\n"},
                  .exits_by_itself = true}}),
            ExitCode::kFailed);
  const std::string err = Err();
  EXPECT_THAT(err, Not(HasSubstr("\33")));
  EXPECT_THAT(err, HasSubstr("CPU 0:\n\t\\033]0;root\\007hog\n"));
  EXPECT_THAT(err, HasSubstr("\\033[2Jhog[7] failed to run"));
}

TEST_F(SessionConsoleTest, AnEjectionDuringAStopIsStillAFailure) {
  EXPECT_EQ(Run({{.report = {.kind = 1025, .reason = "scx_bpf_error"}, .signal = SIGTERM}}),
            ExitCode::kFailed);
}

TEST_F(SessionConsoleTest, SysrqIsAFailure) {
  EXPECT_EQ(
      Run({{.report = {.kind = 67, .reason = "disabled by sysrq-S"}, .exits_by_itself = true}}),
      ExitCode::kFailed);
  EXPECT_THAT(
      Err(), AllOf(HasSubstr("FAILED: detached by the kernel"), EndsWith("disabled by sysrq-S\n")));
}

TEST_F(SessionConsoleTest, WhatCannotStartSaysWhyInOneLine) {
  EXPECT_EQ(Run({}), ExitCode::kEnvironment);
  EXPECT_EQ(Err(), "fifo: no machine left\n");
}

TEST_F(SessionConsoleTest, WhatCannotAttachSaysWhyInOneLine) {
  EXPECT_EQ(Run({{.attach = absl::AlreadyExistsError("another scheduler is attached: simple")}}),
            ExitCode::kEnvironment);
  EXPECT_EQ(Err(), "fifo: another scheduler is attached: simple\n");
  EXPECT_EQ(attached_, 0);
}

}  // namespace
}  // namespace scxx
