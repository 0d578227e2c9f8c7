// SPDX-License-Identifier: Apache-2.0

#include "docs/examples/weighted_policy.h"

#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using Tasks = std::vector<TaskId>;

class WeightedPolicyTest : public testing::Test {
 protected:
  void CpuRuns(int cpu, TaskId task) {
    driver_.cpu(cpu) = {
        .state = CpuView::State::kRunning, .running = task, .since = driver_.context().now};
  }

  PolicyDriver<WeightedPolicy> driver_{WeightedPolicy(kDriverLimits)};
};

TEST_F(WeightedPolicyTest, RunsTheLeastServedFirst) {
  const TaskId a = driver_.Wake(0);
  const TaskId b = driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{a, b}));
  driver_.Runnable(0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(3)});
  driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd, .ran = Millis(2)});
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{b, a}));
}

// Alone on one CPU, each at the end of its slice again and again.
TEST_F(WeightedPolicyTest, SharesByWeight) {
  const Weight weights[] = {Weight(), Weight::FromNice(5)};
  driver_.set_room({.space = 1});
  int turns[] = {0, 0};
  for (uint32_t slot : {0, 1}) driver_.Runnable(slot, {.weight = weights[slot]});
  for (int turn = 0; turn < 1359; ++turn) {
    const uint32_t slot = driver_.ScheduleTasks()[0].slot;
    ++turns[slot];
    driver_.Runnable(
        slot, {.reason = RunnableReason::kSliceEnd, .weight = weights[slot], .ran = Millis(3)});
  }
  EXPECT_NEAR(turns[0], 1024, 2);
  EXPECT_NEAR(turns[1], 335, 2);
}

TEST_F(WeightedPolicyTest, BoundsWhatASleepSavesUp) {
  const TaskId busy = driver_.Wake(0);
  const TaskId sleeper = driver_.Wake(1);
  driver_.ScheduleTasks();
  driver_.Runnable(0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(100)});
  driver_.ScheduleTasks();  // the clock stands at 100 ms
  driver_.Wake(1);          // so it starts at 94 ms
  driver_.ScheduleTasks();
  driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd, .ran = Millis(7)});
  driver_.Runnable(0, {.reason = RunnableReason::kSliceEnd});
  EXPECT_EQ(driver_.ScheduleTasks(), (Tasks{busy, sleeper}));
}

TEST_F(WeightedPolicyTest, PassesOverATaskWhoseCpusAreTaken) {
  driver_.set_allowed(0, CpuSet::FirstN(1));
  driver_.set_room_on(0, {});
  driver_.Wake(0);
  const TaskId free_to_go = driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{free_to_go});
}

TEST_F(WeightedPolicyTest, SendsARestrictedTaskToAnIdleCpuOfIts) {
  driver_.set_allowed(0, CpuSet::FirstN(3));
  CpuRuns(0, driver_.Task(5));
  CpuRuns(1, driver_.Task(6));
  driver_.Wake(0);
  EXPECT_EQ(driver_.Schedule()[0].cpu, CpuId(2));
}

TEST_F(WeightedPolicyTest, InterruptsTheTaskThatIsFurthestAhead) {
  const TaskId hog = driver_.Wake(0);
  driver_.Wake(1);
  driver_.ScheduleTasks();
  CpuRuns(2, hog);
  driver_.set_room({});  // all CPUs have enough to do
  driver_.Advance(Millis(1));
  const TaskId woken = driver_.Runnable(1, {.reason = RunnableReason::kWakeup});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});  // not ahead by more than the margin
  driver_.Advance(Micros(1));
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].task, woken);
  EXPECT_EQ(dispatches[0].cpu, CpuId(2));
  EXPECT_TRUE(dispatches[0].preempt);
}

TEST_F(WeightedPolicyTest, TakesBackWhatIsRefusedAndForgetsWhatLeaves) {
  const TaskId a = driver_.Wake(0);
  const TaskId b = driver_.Wake(1);
  driver_.ScheduleTasks();
  driver_.Refuse(b);
  driver_.Exit(a);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{b});
  driver_.Exit(b);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});
}

}  // namespace
}  // namespace scxx
