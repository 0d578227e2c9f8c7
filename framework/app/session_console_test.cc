// SPDX-License-Identifier: Apache-2.0
//
// A scheduler's life on scripted machines: what it prints, and how it ends.

#include "framework/app/session_console.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "framework/app/console.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/machine/testing/fake_machine.h"
#include "framework/stats/figures.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

// How one machine behaves.
struct Script {
  absl::Status attach = absl::OkStatus();
  ExitReport report = {.kind = 64, .reason = "unregistered from user space"};
  bool exits_by_itself = false;  // else it runs until it is asked to stop
  int signal = 0;                // sent once the scheduler runs
};

class ScriptedMachine final : public FakeMachine {
 public:
  explicit ScriptedMachine(const Script& script)
      : FakeMachine({.max_tasks = 1, .max_cpus = 1}), script_(script) {
    attach = script.attach;
    report = script.report;
    figures.Add({.name = "custody", .kind = FigureKind::kGauge}, 2);
    figures.Add({.name = "running", .kind = FigureKind::kGauge}, 3);
    figures.Add({.name = "fallbacks"}, 4);
    figures.Add({.name = "page_faults"}, 5);
    figures.Add({.name = "parks", .unit = "times", .help = "Times the agent parked"}, 12);
  }

  void RequestStop() override { stop_.Notify(); }

  void RunUntilTheEnd() {
    if (script_.exits_by_itself) return;
    if (script_.signal != 0) kill(getpid(), script_.signal);
    stop_.WaitForNotification();
  }

 private:
  const Script script_;
  absl::Notification stop_;
};

class ScriptedRunner final : public Runner {
 public:
  explicit ScriptedRunner(ScriptedMachine* machine) : machine_(machine) {}
  void Run(const std::atomic<bool>&) override {
    stats_.decisions.Add(7);
    machine_->RunUntilTheEnd();
  }
  const EngineStats& stats() const override { return stats_; }
  std::vector<std::string> Lines() override { return {"explain 7 hog: waits"}; }

 private:
  ScriptedMachine* const machine_;
  EngineStats stats_;
};

class SessionConsoleTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { BlockStopSignals(); }

  void SetUp() override {
    ASSERT_EQ(pipe2(out_, O_CLOEXEC), 0);
    ASSERT_EQ(pipe2(err_, O_CLOEXEC), 0);
    options_.stats_interval = absl::ZeroDuration();
  }
  void TearDown() override {
    for (int fd : {out_[0], err_[0]}) CloseOnce(fd);
  }

  ExitCode Run(std::deque<Script> scripts) {
    const Console console("fifo", out_[1], err_[1]);
    ScriptedMachine* current = nullptr;
    SessionConsole people(options_, console, [&] { ++attached_; });
    Session session({.make_machine = [&]() -> absl::StatusOr<std::unique_ptr<Machine>> {
                       if (scripts.empty()) return absl::InternalError("no machine left");
                       auto machine = std::make_unique<ScriptedMachine>(scripts.front());
                       scripts.pop_front();
                       current = machine.get();
                       return machine;
                     },
                     .make_runner = [&](Machine&) -> absl::StatusOr<std::unique_ptr<Runner>> {
                       return std::make_unique<ScriptedRunner>(current);
                     }},
                    &people);
    const ExitCode code = people.Conclude(session.Run());
    close(out_[1]);
    close(err_[1]);
    return code;
  }

  std::string Out() { return ReadAll(out_[0]); }
  std::string Err() { return ReadAll(err_[0]); }

  static std::string ReadAll(int fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) text.append(buffer, n);
    return text;
  }
  void CloseOnce(int fd) { close(fd); }

  AppOptions options_;
  int attached_ = 0;
  int out_[2];
  int err_[2];
};

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

TEST_F(SessionConsoleTest, AnEjectionDuringAStopIsStillAFailure) {
  EXPECT_EQ(Run({{.report = {.kind = 1025, .reason = "scx_bpf_error"}, .signal = SIGTERM}}),
            ExitCode::kFailed);
}

TEST_F(SessionConsoleTest, HotplugAttachesAgain) {
  const ExitReport hotplug = {
      .kind = 66, .code = 1ll << 48 | 1ll << 32, .reason = "cpu 3 going offline"};
  EXPECT_EQ(Run({{.report = hotplug, .exits_by_itself = true}, {.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
  EXPECT_THAT(Out(), HasSubstr("fifo: attaching again: cpu 3 going offline\n"));
}

TEST_F(SessionConsoleTest, HotplugDuringAStopDoesNot) {
  const ExitReport hotplug = {.kind = 66, .code = 1ll << 48 | 1ll << 32};
  EXPECT_EQ(Run({{.report = hotplug, .signal = SIGINT}}), ExitCode::kOk);
}

TEST_F(SessionConsoleTest, HotplugDuringTheAttachTriesAgain) {
  const absl::Status hotplug = absl::UnavailableError("a CPU came or went");
  EXPECT_EQ(Run({{.attach = hotplug}, {.attach = hotplug}, {.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
}

TEST_F(SessionConsoleTest, ButNotForever) {
  const absl::Status hotplug = absl::UnavailableError("a CPU came or went: start it again");
  EXPECT_EQ(Run(std::deque<Script>(6, {.attach = hotplug})), ExitCode::kEnvironment);
  EXPECT_EQ(Err(), "fifo: a CPU came or went: start it again\n");
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
