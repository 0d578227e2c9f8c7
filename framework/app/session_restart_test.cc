// SPDX-License-Identifier: Apache-2.0
//
// What happens between a scheduler's lives, and what keeps it from the next one.

#include "framework/app/session_console.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "framework/app/session_console_test_base.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(PauseAfter, GrowsToTwoSeconds) {
  EXPECT_EQ(PauseAfter(1), absl::ZeroDuration());
  EXPECT_EQ(PauseAfter(2), absl::Milliseconds(100));
  EXPECT_EQ(PauseAfter(3), absl::Milliseconds(200));
  EXPECT_EQ(PauseAfter(6), absl::Milliseconds(1600));
  EXPECT_EQ(PauseAfter(7), absl::Seconds(2));
  EXPECT_EQ(PauseAfter(100'000), absl::Seconds(2));
}

TEST_F(SessionConsoleTest, HotplugAttachesAgain) {
  const ExitReport hotplug = {
      .kind = 66, .code = 1ll << 48 | 1ll << 32, .reason = "cpu 3 going offline"};
  EXPECT_EQ(Run({{.report = hotplug, .exits_by_itself = true}, {.signal = SIGINT}}), ExitCode::kOk);
  EXPECT_EQ(attached_, 1);
  EXPECT_THAT(Out(), HasSubstr("fifo: attaching again: cpu 3 going offline\n"));
}

TEST_F(SessionConsoleTest, SaysWhatIsNewInTheNextLife) {
  const ExitReport hotplug = ExitReport::OfHotplug();
  EXPECT_EQ(Run({{.report = hotplug, .exits_by_itself = true, .notes = {"as ever"}},
                 {.notes = {"as ever", "CPU 3 is gone"}, .signal = SIGINT}}),
            ExitCode::kOk);
  const std::string out = Out();
  EXPECT_THAT(out, HasSubstr("fifo: CPU 3 is gone\n"));
  EXPECT_EQ(out.find("as ever"), out.rfind("as ever"));
}

// The kernel can let go of it at once. A service tries again.
TEST_F(SessionConsoleTest, AnAttachThatIsEndedIsAFailure) {
  EXPECT_EQ(Run({{.attach = absl::AbortedError("runtime error")}}), ExitCode::kFailed);
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

TEST_F(SessionConsoleTest, AnotherAttachDoesNotWaitForTheReader) {
  int lives = 0;
  when_made_ = [&] { ++lives == 1 ? FillOut() : EmptyOut(); };
  EXPECT_EQ(Run({{.report = ExitReport::OfHotplug(), .exits_by_itself = true}, {.signal = SIGINT}}),
            ExitCode::kOk);
  EXPECT_THAT(Out(), HasSubstr("detached cleanly"));
}

}  // namespace
}  // namespace scxx
