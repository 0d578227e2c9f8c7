// SPDX-License-Identifier: Apache-2.0

#include "schedulers/fifo/fifo_policy.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(Policy<FifoPolicy>);

using Tasks = std::vector<TaskId>;

class FifoPolicyTest : public testing::Test {
 protected:
  // One CPU takes one task at a time.
  void OneAtATime() { driver_.set_room({.space = 1}); }

  PolicyDriver<FifoPolicy> driver_{
      FifoPolicy::Create({.slice = absl::Milliseconds(5)}, kDriverLimits).value()};
};

TEST_F(FifoPolicyTest, RunsTasksInTheOrderOfTheirArrival) {
  TaskId c = driver_.Wake(2);
  TaskId a = driver_.Wake(0);
  TaskId b = driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{c, a, b}));
}

TEST_F(FifoPolicyTest, DispatchesNoMoreThanThereIsRoomFor) {
  OneAtATime();
  TaskId a = driver_.Wake(0);
  TaskId b = driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{a});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{b});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});
}

TEST_F(FifoPolicyTest, GivesEveryTaskTheSameSlice) {
  driver_.Runnable(0, {.weight = Weight::FromNice(-20)});
  driver_.Runnable(1, {.weight = Weight::FromNice(19)});
  for (const Dispatch& d : driver_.Schedule()) EXPECT_EQ(d.slice, Millis(5));
}

TEST_F(FifoPolicyTest, SendsATaskToTheEndWhenItsTurnIsOver) {
  OneAtATime();
  for (RunnableReason reason : {RunnableReason::kSliceEnd, RunnableReason::kYield,
                                RunnableReason::kWakeup, RunnableReason::kRequeue}) {
    TaskId waiting = driver_.Wake(0);
    TaskId back = driver_.Runnable(1, {.reason = reason, .ran = Millis(5)});
    EXPECT_EQ(driver_.ScheduleTasks(), Tasks{waiting}) << reason;
    EXPECT_EQ(driver_.ScheduleTasks(), Tasks{back}) << reason;
  }
}

TEST_F(FifoPolicyTest, LetsAPreemptedTaskFinishItsSliceFirst) {
  TaskId waiting = driver_.Wake(0);
  TaskId preempted = driver_.Runnable(
      1, {.reason = RunnableReason::kPreempted, .ran = Millis(3), .slice_left = Millis(2)});
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 2u);
  EXPECT_EQ(dispatches[0].task, preempted);
  EXPECT_EQ(dispatches[0].slice, Millis(2));
  EXPECT_EQ(dispatches[1].task, waiting);
  // The next turn is a whole one again.
  driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd, .ran = Millis(2)});
  EXPECT_EQ(driver_.Schedule()[0].slice, Millis(5));
}

TEST_F(FifoPolicyTest, TreatsAPreemptionAtTheVeryEndAsTheEnd) {
  TaskId waiting = driver_.Wake(0);
  TaskId preempted = driver_.Runnable(1, {.reason = RunnableReason::kPreempted, .ran = Millis(5)});
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{waiting, preempted}));
}

TEST_F(FifoPolicyTest, KeepsThePlaceAndTheSliceOfARefusedTask) {
  TaskId a = driver_.Runnable(
      0, {.reason = RunnableReason::kPreempted, .ran = Millis(4), .slice_left = Millis(1)});
  TaskId b = driver_.Wake(1);
  TaskId c = driver_.Wake(2);
  driver_.ScheduleTasks();
  driver_.Refuse(b);
  driver_.Refuse(a);
  driver_.Wake(3);
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 3u);
  EXPECT_EQ(dispatches[0].task, a);
  EXPECT_EQ(dispatches[0].slice, Millis(1));
  EXPECT_EQ(dispatches[1].task, b);
  EXPECT_FALSE(driver_.Holds(c));
}

TEST_F(FifoPolicyTest, ForgetsTasksThatLeave) {
  TaskId a = driver_.Wake(0);
  TaskId b = driver_.Wake(1);
  TaskId c = driver_.Wake(2);
  driver_.Withdraw(a);
  driver_.Exit(b);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{c});
  driver_.Exit(c);  // not held
  TaskId successor = driver_.Wake(2);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{successor});
}

TEST(FifoPolicyCreate, RefusesASliceOutOfRange) {
  for (absl::Duration slice : {absl::ZeroDuration(), absl::Milliseconds(-5), absl::Microseconds(99),
                               absl::Seconds(2), absl::InfiniteDuration()}) {
    absl::StatusOr<FifoPolicy> policy = FifoPolicy::Create({.slice = slice}, kDriverLimits);
    EXPECT_EQ(policy.status().code(), absl::StatusCode::kInvalidArgument) << slice;
  }
  EXPECT_EQ(FifoPolicy::Create({.slice = absl::Seconds(2)}, kDriverLimits).status().message(),
            "slice=2s is out of range: choose it from 100us to 1s");
}

TEST(FifoPolicyCreate, AcceptsTheEndsOfTheRange) {
  EXPECT_TRUE(FifoPolicy::Create({.slice = absl::Microseconds(100)}, kDriverLimits).ok());
  EXPECT_TRUE(FifoPolicy::Create({.slice = absl::Seconds(1)}, kDriverLimits).ok());
}

}  // namespace
}  // namespace scxx
