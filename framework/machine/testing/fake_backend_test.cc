// SPDX-License-Identifier: Apache-2.0

#include "framework/machine/testing/fake_backend.h"

#include <vector>

#include "absl/types/span.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr TaskId kTask{.slot = 1, .generation = 1};

class FakeBackendTest : public testing::Test {
 protected:
  FakeBackend backend_{{.max_tasks = 8, .max_cpus = 2}};
  std::vector<BackendEvent> events_ = std::vector<BackendEvent>(2);
};

TEST_F(FakeBackendTest, ReportsEventsOnceAndInOrder) {
  backend_.PushRunnable(kTask, 1, {.ran = Micros(5)});
  backend_.PushWithdrawn(kTask, 1);
  backend_.PushGone(kTask);
  EXPECT_EQ(backend_.Poll(absl::MakeSpan(events_)).nr_events, 2u);
  EXPECT_EQ(events_[0].kind, EventKind::kRunnable);
  EXPECT_EQ(events_[0].runnable.ran, Micros(5));
  EXPECT_EQ(events_[1].kind, EventKind::kWithdrawn);
  EXPECT_EQ(backend_.Poll(absl::MakeSpan(events_)).nr_events, 1u);
  EXPECT_EQ(events_[0].kind, EventKind::kGone);
  EXPECT_EQ(backend_.Poll(absl::MakeSpan(events_)).nr_events, 0u);
}

TEST_F(FakeBackendTest, DescribesTheMachine) {
  backend_.set_room({.space = 3});
  backend_.Advance(Millis(1));
  const Cycle& cycle = backend_.Poll(absl::MakeSpan(events_));
  EXPECT_EQ(cycle.now, backend_.Now());
  EXPECT_EQ(cycle.cpus.size(), 2u);
  EXPECT_EQ(cycle.rooms.size(), 2u);
  EXPECT_EQ(cycle.any.space, 3u);
  EXPECT_EQ(backend_.AllowedCpus(kTask).size(), 2);
}

TEST_F(FakeBackendTest, AnswersAsTold) {
  backend_.Answer(kTask, DispatchOutcome::kStale);
  BackendDispatch dispatch{.decision = {.task = kTask}, .enqueue = 1};
  DispatchOutcome outcome;
  backend_.Dispatch({&dispatch, 1}, {&outcome, 1});
  EXPECT_EQ(outcome, DispatchOutcome::kStale);
  backend_.Dispatch({&dispatch, 1}, {&outcome, 1});
  EXPECT_EQ(outcome, DispatchOutcome::kAccepted);
  EXPECT_EQ(backend_.dispatched().size(), 2u);
}

TEST_F(FakeBackendTest, ExitsAtAPark) {
  EXPECT_EQ(backend_.Park({.queued = 1}), RunState::kRunning);
  backend_.Exit();
  EXPECT_EQ(backend_.Park({.queued = 2}), RunState::kExited);
  EXPECT_EQ(backend_.parks().back().queued, 2u);
}

TEST_F(FakeBackendTest, DeniesWhatWasTaken) {
  HeldTask held[] = {{.task = kTask, .enqueue = 1}, {.task = {.slot = 2}, .enqueue = 1}};
  bool is_held[2];
  backend_.Take(kTask);
  backend_.IsHeld(held, absl::MakeSpan(is_held));
  EXPECT_FALSE(is_held[0]);
  EXPECT_TRUE(is_held[1]);
}

}  // namespace
}  // namespace scxx
