// SPDX-License-Identifier: Apache-2.0
//
// A session on machines that do as they are told.
#include "framework/engine/session.h"
#include "absl/strings/string_view.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/machine/testing/fake_machine.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;

struct NoPolicy {
  static constexpr absl::string_view kName = "none";
  void OnRunnable(const Context&, const TaskRunnable&) {}
  void OnWithdrawn(const Context&, const TaskWithdrawn&) {}
  void OnGone(const Context&, const TaskGone&) {}
  void OnRefused(const Context&, const TaskRefused&) {}
  void Schedule(const Context&, DispatchSink&) {}
};

// Writes down what a session says, and stops it if told to.
class Witness final : public SessionObserver {
 public:
  absl::Status BeforeAttach(Life&) override {
    said.push_back("before attach");
    return ready;
  }
  void Attached(Life& life) override {
    said.push_back("attached");
    if (stop_when_attached) life.RequestStop();
  }
  void BeforeDetach(Life&) override { said.push_back("before detach"); }
  bool Detached(Life&) override {
    said.push_back("detached");
    return stop_when_attached;
  }
  void Ended(Life& life, const ExitReport&, Ending ending) override {
    parks = life.Figures().Value("engine_parks");
    said.push_back(ending == Ending::kRestart ? "restarts" : "ended");
  }

  bool BeforeAnother() override { return ++pauses != stop_in_pause; }

  absl::Status ready = absl::OkStatus();
  std::vector<std::string> said;
  int pauses = 0;
  int stop_in_pause = 0;  // counted from 1; 0: in none
  bool stop_when_attached = false;
  uint64_t parks = 0;
};

class SessionTest : public testing::Test {
 protected:
  // A machine that is lost as soon as the engine parks.
  void AddLife(const ExitReport& report, const absl::Status& attach = absl::OkStatus()) {
    auto machine = std::make_unique<FakeMachine>(PolicyLimits{.max_tasks = 1, .max_cpus = 1});
    machine->report = report;
    machine->attach = attach;
    machine->fake_backend().Exit();
    machines_.push_back(std::move(machine));
  }

  Session::Outcome Run() {
    Session session({.make_machine = [&]() -> absl::StatusOr<std::unique_ptr<Machine>> {
                       if (machines_.empty()) return absl::NotFoundError("no machine left");
                       std::unique_ptr<Machine> machine = std::move(machines_.front());
                       machines_.pop_front();
                       return machine;
                     },
                     .make_runner = [&](Machine& m) -> absl::StatusOr<std::unique_ptr<Runner>> {
                       if (!policy_.ok()) return policy_;
                       return std::make_unique<EngineRunner<NoPolicy>>(NoPolicy(), m.backend());
                     }},
                    &witness_);
    return session.Run();
  }

  std::deque<std::unique_ptr<Machine>> machines_;
  absl::Status policy_ = absl::OkStatus();
  Witness witness_;
};

constexpr auto kStall = static_cast<uint64_t>(ExitKind::kErrorStall);
constexpr auto kSysrq = static_cast<uint64_t>(ExitKind::kSysrq);
constexpr auto kOwnWish = static_cast<uint64_t>(ExitKind::kUnregistered);

TEST_F(SessionTest, LivesOneLifeAndCounts) {
  AddLife({.kind = kOwnWish});
  const Session::Outcome outcome = Run();
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.ending, Ending::kStopped);
  EXPECT_EQ(witness_.parks, 1u);
  EXPECT_THAT(witness_.said,
              ElementsAre("before attach", "attached", "before detach", "detached", "ended"));
}

TEST_F(SessionTest, HotplugIsARestart) {
  AddLife(ExitReport::OfHotplug());
  AddLife(ExitReport::OfHotplug());
  AddLife({.kind = kOwnWish});
  EXPECT_EQ(Run().ending, Ending::kStopped);
  EXPECT_TRUE(machines_.empty());
}

TEST_F(SessionTest, AStopOutweighsHotplug) {
  witness_.stop_when_attached = true;
  AddLife(ExitReport::OfHotplug());
  AddLife({.kind = kOwnWish});
  EXPECT_EQ(Run().ending, Ending::kStopped);
  EXPECT_EQ(machines_.size(), 1u);
}

TEST_F(SessionTest, AnEjectionOutweighsAStop) {
  witness_.stop_when_attached = true;
  AddLife({.kind = kStall});
  EXPECT_EQ(Run().ending, Ending::kFailed);
}

TEST_F(SessionTest, SomebodyElsesDetachIsAFailure) {
  AddLife({.kind = kSysrq});
  EXPECT_EQ(Run().ending, Ending::kFailed);
}

TEST_F(SessionTest, AnAttachThatHotplugSpoiledIsTriedAgain) {
  for (int i = 0; i < 4; ++i) AddLife({}, absl::UnavailableError("a CPU came"));
  AddLife({.kind = kOwnWish});
  EXPECT_EQ(Run().ending, Ending::kStopped);
}

TEST_F(SessionTest, PausesBeforeEachFurtherLifeAndAttempt) {
  AddLife(ExitReport::OfHotplug());
  AddLife({}, absl::UnavailableError("a CPU came"));
  AddLife({.kind = kOwnWish});
  EXPECT_EQ(Run().ending, Ending::kStopped);
  EXPECT_EQ(witness_.pauses, 2);
}

TEST_F(SessionTest, AStopInAPauseIsTheEnd) {
  witness_.stop_in_pause = 2;
  for (int i = 0; i < 9; ++i) AddLife(ExitReport::OfHotplug());
  const Session::Outcome outcome = Run();
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.ending, Ending::kStopped);
  EXPECT_EQ(machines_.size(), 7u);
}

TEST_F(SessionTest, AStopDuringASpoiledAttachIsTheEnd) {
  witness_.stop_when_attached = true;
  for (int i = 0; i < 9; ++i) AddLife({}, absl::UnavailableError("a CPU came"));
  const Session::Outcome outcome = Run();
  EXPECT_TRUE(outcome.status.ok());
  EXPECT_FALSE(outcome.attached);
  EXPECT_EQ(machines_.size(), 8u);
}

TEST_F(SessionTest, ButNotForEver) {
  for (int i = 0; i < 9; ++i) AddLife({}, absl::UnavailableError("a CPU came"));
  const Session::Outcome outcome = Run();
  EXPECT_EQ(outcome.status, absl::UnavailableError("a CPU came"));
  EXPECT_FALSE(outcome.attached);
  EXPECT_EQ(machines_.size(), 4u);
}

TEST_F(SessionTest, TellsWhatItCannotMake) {
  EXPECT_EQ(Run().status, absl::NotFoundError("no machine left"));
  AddLife({.kind = kOwnWish});
  policy_ = absl::InvalidArgumentError("no such slice");
  const Session::Outcome outcome = Run();
  EXPECT_EQ(outcome.status, policy_);
  EXPECT_FALSE(outcome.attached);
}

TEST_F(SessionTest, DoesNotAttachWithoutItsObserver) {
  witness_.ready = absl::ResourceExhaustedError("no thread to be had");
  AddLife({.kind = kOwnWish});
  const Session::Outcome outcome = Run();
  EXPECT_EQ(outcome.status, witness_.ready);
  EXPECT_FALSE(outcome.attached);
  EXPECT_THAT(witness_.said, ElementsAre("before attach"));
}

TEST_F(SessionTest, TellsWhatCannotBeAttachedAgain) {
  AddLife(ExitReport::OfHotplug());
  AddLife({}, absl::PermissionDeniedError("no longer root"));
  const Session::Outcome outcome = Run();
  EXPECT_EQ(outcome.status, absl::PermissionDeniedError("no longer root"));
  EXPECT_TRUE(outcome.attached);
}

}  // namespace
}  // namespace scxx
