// SPDX-License-Identifier: Apache-2.0
//
// A scheduler's life on scripted machines: what it prints, and how it ends.

#include "framework/app/session_console.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
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
using testing::Not;

// How one machine behaves.
struct Script {
  absl::Status attach = absl::OkStatus();
  ExitReport report = {.kind = 64, .reason = "unregistered from user space"};
  bool exits_by_itself = false;  // else it runs until it is asked to stop
  std::vector<std::string> notes = {};
  int signal = 0;       // sent once the scheduler runs
  uint64_t queued = 0;  // tasks that it has handed over
};

class ScriptedMachine final : public FakeMachine {
 public:
  explicit ScriptedMachine(const Script& script)
      : FakeMachine({.max_tasks = 1, .max_cpus = 1}), script_(script) {
    attach = script.attach;
    report = script.report;
    notes = script.notes;
    figures.Add({.name = "queued"}, script.queued);
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
  static void SetUpTestSuite() {
    for (const int number : {SIGINT, SIGTERM}) signal(number, SIG_DFL);
  }

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
    SessionConsole people(
        options_, console,
        [&] {
          ++attached_;
          if (when_attached_) when_attached_();
        },
        ends_with_output_, clock_);
    Session session({.make_machine = [&]() -> absl::StatusOr<std::unique_ptr<Machine>> {
                       if (scripts.empty()) return absl::InternalError("no machine left");
                       auto machine = std::make_unique<ScriptedMachine>(scripts.front());
                       scripts.pop_front();
                       current_ = machine.get();
                       return machine;
                     },
                     .make_runner = [&](Machine&) -> absl::StatusOr<std::unique_ptr<Runner>> {
                       return std::make_unique<ScriptedRunner>(current_);
                     }},
                    &people);
    const ExitCode code = people.Conclude(session.Run());
    reason_ = people.reason();
    pause_ = people.pause();
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
  bool ends_with_output_ = true;
  std::function<Instant()> clock_ = BootTime;
  ScriptedMachine* current_ = nullptr;
  std::function<void()> when_attached_;
  int attached_ = 0;
  StopReason reason_ = StopReason::kNone;
  absl::Duration pause_;
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
  std::string before(1, 'x');
  fcntl(out_[1], F_SETFL, O_NONBLOCK);
  while (write(out_[1], before.data(), 1) == 1) {
  }
  fcntl(out_[1], F_SETFL, 0);
  when_attached_ = [&] {
    pollfd ready = {.fd = out_[0], .events = POLLIN, .revents = 0};
    char buffer[65536];
    while (poll(&ready, 1, 0) == 1 && read(out_[0], buffer, sizeof(buffer)) > 0) {
    }
  };
  EXPECT_EQ(Run({{.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
  EXPECT_THAT(Out(), HasSubstr("detached cleanly"));
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

TEST(PauseAfter, GrowsToTwoSeconds) {
  EXPECT_EQ(PauseAfter(1), absl::ZeroDuration());
  EXPECT_EQ(PauseAfter(2), absl::Milliseconds(100));
  EXPECT_EQ(PauseAfter(3), absl::Milliseconds(200));
  EXPECT_EQ(PauseAfter(6), absl::Milliseconds(1600));
  EXPECT_EQ(PauseAfter(7), absl::Seconds(2));
  EXPECT_EQ(PauseAfter(100'000), absl::Seconds(2));
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

TEST_F(SessionConsoleTest, HotplugAttachesAgain) {
  const ExitReport hotplug = {
      .kind = 66, .code = 1ll << 48 | 1ll << 32, .reason = "cpu 3 going offline"};
  EXPECT_EQ(Run({{.report = hotplug, .exits_by_itself = true}, {.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
  EXPECT_THAT(Out(), HasSubstr("fifo: attaching again: cpu 3 going offline\n"));
}

// Suspends end a life in which a monotonic clock has hardly moved.
TEST_F(SessionConsoleTest, ALifeIsAsLongAsItsClockSays) {
  const Script hotplug = {.report = ExitReport::OfHotplug(), .exits_by_itself = true};
  Instant now;
  clock_ = [&] { return now; };
  EXPECT_EQ(Run({hotplug, {.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(pause_, absl::Milliseconds(100));
}

TEST_F(SessionConsoleTest, LongLivesNeedNoPause) {
  const Script hotplug = {.report = ExitReport::OfHotplug(), .exits_by_itself = true};
  Instant now;
  clock_ = [&] { return now += Seconds(11); };
  EXPECT_EQ(Run({hotplug, {.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(pause_, absl::ZeroDuration());
}

// The clock is read when the watch has ended.
TEST_F(SessionConsoleTest, ASignalAfterTheDetachEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  int readings = 0;
  clock_ = [&] {
    if (++readings == 2) kill(getpid(), SIGTERM);
    return Instant();
  };
  EXPECT_EXIT(
      {
        dup2(STDERR_FILENO, out_[1]);
        Run({{.signal = SIGINT}});
      },
      testing::KilledBySignal(SIGTERM), Not(HasSubstr("detached cleanly")));
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
  EXPECT_EQ(Run(std::deque<Script>(6, {.attach = hotplug})), ExitCode::kFailed);
  EXPECT_EQ(Err(), "fifo: a CPU came or went: start it again\n");
}

// While it lives no thread can start: none can have such a stack.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size_t{1} << 46);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
  }
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

constexpr char kNoThread[] =
    "fifo: cannot start a second thread: Resource temporarily unavailable: raise the limit of "
    "processes (`ulimit -u`, or TasksMax= of the service)\n";

TEST_F(SessionConsoleTest, WithoutAThreadItCannotStartHere) {
  const NoThreads limit;
  EXPECT_EQ(Run({{}}), ExitCode::kEnvironment);
  EXPECT_EQ(attached_, 0);
  EXPECT_EQ(Err(), kNoThread);
}

TEST_F(SessionConsoleTest, WithoutAThreadItCannotAttachAgain) {
  std::optional<NoThreads> limit;
  when_attached_ = [&] { limit.emplace(); };
  EXPECT_EQ(Run({{.report = ExitReport::OfHotplug(), .exits_by_itself = true}, {}}),
            ExitCode::kFailed);
  EXPECT_EQ(attached_, 1);
  EXPECT_EQ(Err(), kNoThread);
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
