// SPDX-License-Identifier: Apache-2.0

#include "schedulers/skeleton/skeleton_policy.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(Policy<SkeletonPolicy>);

using Tasks = std::vector<TaskId>;

class SkeletonPolicyTest : public testing::Test {
 protected:
  // The driver plays the engine: no kernel, no time but what the test lets pass.
  PolicyDriver<SkeletonPolicy> driver_{
      SkeletonPolicy::Create({.slice = absl::Milliseconds(5)}, kDriverLimits).value()};
};

TEST_F(SkeletonPolicyTest, RunsTasksInTheOrderOfTheirArrival) {
  const TaskId c = driver_.Wake(2);
  const TaskId a = driver_.Wake(0);
  const TaskId b = driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{c, a, b}));
}

TEST_F(SkeletonPolicyTest, DispatchesNoMoreThanThereIsRoomFor) {
  driver_.set_room({.space = 1});
  const TaskId a = driver_.Wake(0);
  const TaskId b = driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{a});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{b});
}

TEST_F(SkeletonPolicyTest, GivesSlicesInProportionToWeight) {
  driver_.Runnable(0, {.weight = Weight()});
  driver_.Runnable(1, {.weight = Weight::FromLoad(2048)});
  driver_.Runnable(2, {.weight = Weight::FromLoad(512)});
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 3u);
  EXPECT_EQ(dispatches[0].slice, Millis(5));
  EXPECT_EQ(dispatches[1].slice, Millis(10));
  EXPECT_EQ(dispatches[2].slice, Micros(2500));
}

TEST_F(SkeletonPolicyTest, KeepsSlicesWithinWhatTheKernelTakes) {
  driver_.Runnable(0, {.weight = Weight::FromNice(19)});
  driver_.Runnable(1, {.weight = Weight::FromLoad(Weight::kMaxLoad)});
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 2u);
  EXPECT_EQ(dispatches[0].slice, Micros(100));
  EXPECT_EQ(dispatches[1].slice, Millis(500));
}

TEST_F(SkeletonPolicyTest, LetsAnInterruptedTaskFinishItsTurnFirst) {
  const TaskId waiting = driver_.Wake(0);
  const TaskId interrupted = driver_.Runnable(
      1, {.reason = RunnableReason::kPreempted, .ran = Millis(3), .slice_left = Millis(2)});
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 2u);
  EXPECT_EQ(dispatches[0].task, interrupted);
  EXPECT_EQ(dispatches[0].slice, Millis(2));
  EXPECT_EQ(dispatches[1].task, waiting);
}

TEST_F(SkeletonPolicyTest, OffersARefusedTaskFirstAgain) {
  const TaskId a = driver_.Wake(0);
  ASSERT_EQ(driver_.ScheduleTasks(), Tasks{a});
  const TaskId b = driver_.Wake(1);
  driver_.Refuse(a);
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{a, b}));
}

TEST_F(SkeletonPolicyTest, ForgetsTasksThatLeave) {
  const TaskId a = driver_.Wake(0);
  const TaskId b = driver_.Wake(1);
  const TaskId c = driver_.Wake(2);
  driver_.Withdraw(a);
  driver_.Exit(b);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{c});
  driver_.Exit(c);  // it runs, and exits
  const TaskId successor = driver_.Wake(2);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{successor});
}

TEST(SkeletonPolicyCreate, RefusesASliceOutOfRange) {
  EXPECT_EQ(SkeletonPolicy::Create({.slice = absl::Seconds(2)}, kDriverLimits).status(),
            absl::InvalidArgumentError("slice=2s is out of range: choose it from 100us to 1s"));
  EXPECT_FALSE(SkeletonPolicy::Create({.slice = absl::ZeroDuration()}, kDriverLimits).ok());
}

}  // namespace
}  // namespace scxx
