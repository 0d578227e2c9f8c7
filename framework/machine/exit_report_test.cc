// SPDX-License-Identifier: Apache-2.0
#include "framework/machine/exit_report.h"

#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr uint64_t kUnregisteredKernel = 66;
constexpr uint64_t kStall = 1026;
constexpr int64_t kRestart = 1ll << 48;
constexpr int64_t kHotplug = 1ll << 32;

TEST(ExitReport, NothingHappenedYet) {
  const ExitReport report;
  EXPECT_FALSE(report.Exited());
  EXPECT_FALSE(report.IsEjection());
  EXPECT_FALSE(report.ShouldRestart());
  EXPECT_EQ(report.ToString(), "not exited\n");
}

TEST(ExitReport, ADetachIsNoEjection) {
  const ExitReport report = {.kind = 64, .reason = "unregistered from user space"};
  EXPECT_TRUE(report.Exited());
  EXPECT_TRUE(report.IsOwnWish());
  EXPECT_FALSE(report.IsEjection());
  EXPECT_EQ(report.ToString(), "unregistered from user space\n");
}

TEST(ExitReport, AStallIsAnEjection) {
  const ExitReport report = {.kind = kStall,
                             .reason = "runnable task stall",
                             .message = "hog[7] failed to run for 5.001s",
                             .dump = "CPU 0 ...\nhog[7] ..."};
  EXPECT_TRUE(report.IsEjection());
  EXPECT_EQ(report.Summary(), "runnable task stall: hog[7] failed to run for 5.001s");
  EXPECT_EQ(report.ToString(),
            "runnable task stall: hog[7] failed to run for 5.001s\nCPU 0 ...\nhog[7] ...\n");
}

TEST(ExitReport, AStallNamesWhoKeptTheCpu) {
  ExitReport report = {.kind = kStall,
                       .reason = "runnable task stall",
                       .message = "hog[7] failed to run for 5.001s",
                       .dump = "CPU 0   : nr_run=1\n  curr=a\33[2Jb[9] class=rt_sched_class\n"};
  EXPECT_EQ(report.Summary(),
            "runnable task stall: hog[7] failed to run for 5.001s; CPU 0 ran a\\033[2Jb[9] of "
            "SCHED_FIFO or SCHED_RR, which go before sched_ext");
  report.kind = 1025;
  EXPECT_EQ(report.Summary().find("CPU 0"), std::string::npos) << "some other error";
}

TEST(ExitReport, UnknownErrorsAreEjections) {
  EXPECT_TRUE((ExitReport{.kind = 5000}).IsEjection());
  EXPECT_EQ((ExitReport{.kind = 5000}).Summary(), "exit kind 5000");
}

TEST(ExitReport, HotplugAsksForARestart) {
  const ExitReport report = {.kind = kUnregisteredKernel, .code = kRestart | kHotplug | 12};
  EXPECT_TRUE(report.ShouldRestart());
  EXPECT_TRUE(report.IsHotplug());
}

TEST(ExitReport, OfHotplugIsWhatAKernelSays) {
  EXPECT_TRUE(ExitReport::OfHotplug().ShouldRestart());
  EXPECT_TRUE(ExitReport::OfHotplug().IsHotplug());
  EXPECT_FALSE(ExitReport::OfHotplug().IsEjection());
  EXPECT_FALSE(ExitReport::OfHotplug().IsOwnWish());
}

TEST(ExitReport, ReasonAndActionAreSeparateFields) {
  EXPECT_FALSE((ExitReport{.kind = kUnregisteredKernel, .code = kHotplug}).ShouldRestart());
  EXPECT_FALSE((ExitReport{.kind = kUnregisteredKernel, .code = kRestart}).IsHotplug());
  EXPECT_FALSE(
      (ExitReport{.kind = kUnregisteredKernel, .code = kRestart | 2 * kHotplug}).IsHotplug());
}

// After an error the code says nothing.
TEST(ExitReport, AnEjectionNeverRestarts) {
  EXPECT_FALSE((ExitReport{.kind = kStall, .code = kRestart | kHotplug}).ShouldRestart());
}

TEST(ExitReport, ASummaryIsOneLine) {
  const ExitReport report = {.kind = 1025, .reason = "scx_bpf_error", .message = "a\nb\n"};
  EXPECT_EQ(report.Summary(), "scx_bpf_error: a b");
}

// The kernel puts names of tasks in, and these are anybody's to choose.
TEST(ExitReport, WordsAreFitForATerminal) {
  const ExitReport report = {
      .kind = kStall, .reason = "stall", .message = "a\33[2Jb[7]", .dump = "CPU 0:\n\ta\33[2Jb\n"};
  EXPECT_EQ(report.Summary(), "stall: a\\033[2Jb[7]");
  EXPECT_EQ(report.ToString(), "stall: a\\033[2Jb[7]\nCPU 0:\n\ta\\033[2Jb\n");
}

}  // namespace
}  // namespace scxx
