// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/preemption.h"

#include <optional>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/fair/fair_policy_fixture.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class PreemptionTest : public FairPolicyTest {};

TEST_F(PreemptionTest, InterruptsWhatIsFarBehind) {
  TaskId near = Run(0, 0, Millis(1)), far = Run(1, 1, Millis(2));
  Full();
  driver_.Advance(Millis(3));  // keys 1 + 3 + 3 and 2 + 3 + 3
  TaskId woken = driver_.Runnable(2, {.reason = RunnableReason::kWakeup});
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, woken);
  EXPECT_TRUE(dispatches[0].preempt);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
  // The next one takes the other CPU; a third finds both being interrupted already.
  TaskId second = driver_.Wake(3);
  dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, second);
  EXPECT_EQ(dispatches[0].cpu, CpuId(0));
  driver_.Wake(4);
  EXPECT_TRUE(driver_.Schedule().empty());
  EXPECT_NE(near, far);
}

TEST_F(PreemptionTest, InterruptsOnlyBeyondTheMargin) {
  Run(0, 0);
  Full();
  driver_.Runnable(1, {.reason = RunnableReason::kWakeup, .ran = Millis(1)});
  driver_.Advance(Millis(1));  // key 1 + 1, against 1 and the margin
  EXPECT_TRUE(driver_.Schedule().empty());
  driver_.Advance(Nanos(1));
  EXPECT_EQ(driver_.Schedule().size(), 1u);
}

TEST_F(PreemptionTest, InterruptsForWokenAndNewTasksOnly) {
  Run(0, 0);
  Full();
  driver_.Advance(Millis(4));
  TaskId batch = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd});
  EXPECT_TRUE(driver_.Schedule().empty());
  driver_.Withdraw(batch);
  driver_.Runnable(2, {.reason = RunnableReason::kNew});
  EXPECT_EQ(driver_.Schedule().size(), 1u);
}

TEST_F(PreemptionTest, InterruptsOnlyWhereTheWaitingTaskMayRun) {
  Run(0, 0);
  Run(1, 1);
  Full();
  driver_.Advance(Millis(4));
  Allow(2, {1, 3});
  driver_.Wake(2);
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
}

TEST_F(PreemptionTest, DoesNotInterruptWhatItDoesNotKnow) {
  Full();
  driver_.cpu(0) = {.state = CpuView::State::kRunning, .running = {.slot = 5, .generation = 9}};
  driver_.cpu(1) = {.state = CpuView::State::kOther};
  driver_.Advance(Seconds(1));
  driver_.Wake(0);
  EXPECT_TRUE(driver_.Schedule().empty());
}

// What waits for any CPU would run next on a free one: a record in that CPU's own ring overtakes
// it.
TEST_F(PreemptionTest, OvertakesWhatWaitsForAFreeCpu) {
  driver_.Runnable(0, {.ran = Millis(9), .ran_since_sleep = Millis(9)});
  ASSERT_EQ(driver_.Schedule().size(), 1u);  // to any CPU, and nobody has taken it yet
  driver_.set_room({.ahead = Millis(4), .queued = 1});
  driver_.set_room_on(0, {.space = 1, .free_cpus = 1});
  driver_.cpu(0) = {.state = CpuView::State::kOther};  // the agent's own
  const TaskId woken = driver_.Wake(1);
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, woken);
  EXPECT_EQ(dispatches[0].cpu, CpuId(0));
  EXPECT_TRUE(dispatches[0].preempt);
}

// A hog's record in a CPU's own ring would be in the way of who wakes next.
TEST_F(PreemptionTest, HogsDoNotOvertake) {
  driver_.Runnable(0, {.ran = Millis(9), .ran_since_sleep = Millis(9)});
  ASSERT_EQ(driver_.Schedule().size(), 1u);
  driver_.set_room({.ahead = Millis(4), .queued = 1});
  driver_.set_room_on(0, {.space = 1, .free_cpus = 1});
  driver_.cpu(0) = {.state = CpuView::State::kOther};
  driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd, .ran_since_sleep = Millis(9)});
  EXPECT_TRUE(driver_.Schedule().empty());
}

TEST_F(PreemptionTest, AsksAgainWhenTheGapIsOver) {
  TaskId hog = Run(0, 0);
  Full();
  driver_.Advance(Millis(2));
  TaskId first = driver_.Wake(1);
  ASSERT_EQ(driver_.ScheduleTasks(), Tasks{first});
  EXPECT_EQ(driver_.review_at(), std::nullopt);
  const Instant interrupted = driver_.context().now;

  driver_.Advance(Micros(50));  // the first one is done already
  driver_.cpu(0) = {.state = CpuView::State::kRunning, .running = hog, .since = interrupted};
  driver_.cpu(0).since += Micros(50);
  driver_.Runnable(0, {.reason = RunnableReason::kPreempted,
                       .ran = Millis(2),
                       .ran_since_sleep = Millis(2),
                       .slice_left = Millis(2)});
  driver_.set_room({.space = 1});
  driver_.ScheduleTasks();
  Full();
  TaskId second = driver_.Wake(2);
  EXPECT_TRUE(driver_.Schedule().empty());
  EXPECT_EQ(driver_.review_at(), interrupted + Micros(200));
  driver_.Advance(Micros(149));
  EXPECT_TRUE(driver_.Schedule().empty());
  driver_.Advance(Micros(1));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{second});
}

TEST_F(PreemptionTest, LetsAProtectedTaskFinish) {
  Told told;
  told.protected_until = Micros(2'100);
  driver_.policy() = ToldPolicy(told);
  Run(0, 0);
  Full();
  driver_.Advance(Millis(2));
  TaskId woken = driver_.Wake(1);
  EXPECT_TRUE(driver_.Schedule().empty());
  EXPECT_EQ(driver_.review_at(), driver_.context().now + Micros(100));
  driver_.Advance(Micros(100));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{woken});
}

}  // namespace
}  // namespace scxx
