// SPDX-License-Identifier: Apache-2.0
//
// A scheduler's life on machines that follow a script, with what it prints in pipes.

#ifndef SCXX_FRAMEWORK_APP_SESSION_CONSOLE_TEST_BASE_H_
#define SCXX_FRAMEWORK_APP_SESSION_CONSOLE_TEST_BASE_H_

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "framework/app/console.h"
#include "framework/app/session_console.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/machine/testing/fake_machine.h"
#include "framework/stats/figures.h"
#include "gtest/gtest.h"

namespace scxx {

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
    Console console("fifo", out_[1], err_[1]);
    console.LimitWaiting(patience_);
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
                       if (when_made_) when_made_();
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

  // No byte fits any more.
  void FillOut() {
    fcntl(out_[1], F_SETFL, O_NONBLOCK);
    while (write(out_[1], "x", 1) == 1) {
    }
    fcntl(out_[1], F_SETFL, 0);
  }
  void EmptyOut() {
    pollfd ready = {.fd = out_[0], .events = POLLIN, .revents = 0};
    char buffer[65536];
    while (poll(&ready, 1, 0) == 1 && read(out_[0], buffer, sizeof(buffer)) > 0) {
    }
  }

  AppOptions options_;
  bool ends_with_output_ = true;
  absl::Duration patience_ = absl::Hours(1);
  std::function<Instant()> clock_ = BootTime;
  ScriptedMachine* current_ = nullptr;
  std::function<void()> when_made_;
  std::function<void()> when_attached_;
  int attached_ = 0;
  StopReason reason_ = StopReason::kNone;
  absl::Duration pause_;
  int out_[2];
  int err_[2];
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_SESSION_CONSOLE_TEST_BASE_H_
