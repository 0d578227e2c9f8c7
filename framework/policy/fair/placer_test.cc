// SPDX-License-Identifier: Apache-2.0
//
// OneQueue, as FairPolicy uses it; placer_by_cache_test.cc is about the other.

#include "framework/policy/fair/placer.h"

#include <cstdint>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/fair_policy_fixture.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(Placer<OneQueue, FairTasks<Told>>);
static_assert(Placer<ByCache, FairTasks<Told>>);

class OneQueueTest : public FairPolicyTest {};

// ---- Looking ahead ----

// One CPU, which `running` has; another CPU runs the agent. There is room for one task behind it.
class OneQueueAheadTest : public FairPolicyTest {
 protected:
  OneQueueAheadTest() {
    for (uint32_t slot = 0; slot < 4; ++slot) Allow(slot, {0});
    driver_.set_room_on(0, {.space = 256, .free_cpus = 0});
  }
};

// If the light one were dispatched now, it would follow on every turn of the heavy one.
TEST_F(OneQueueAheadTest, LeavesTheNextTurnToTheRunningTaskIfItIsItsOwn) {
  TaskId heavy = Run(0, 0, Millis(4));
  TaskId light = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd,
                                      .weight = Weight::FromNice(10),
                                      .ran = Millis(4),
                                      .ran_since_sleep = Millis(4)});  // 37 ms of virtual time
  driver_.Advance(Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{});
  driver_.Runnable(
      0, {.reason = RunnableReason::kSliceEnd, .ran = Millis(4), .ran_since_sleep = Millis(8)});
  driver_.cpu(0) = {.state = CpuView::State::kOther};
  OneAtATime();
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{heavy});
  EXPECT_TRUE(driver_.Holds(light));
}

TEST_F(OneQueueAheadTest, DispatchesBehindATaskThatHasHadItsShare) {
  Run(0, 0, Millis(4));
  TaskId equal = driver_.Runnable(
      1, {.reason = RunnableReason::kSliceEnd, .ran = Millis(4), .ran_since_sleep = Millis(4)});
  driver_.Advance(Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{equal});
}

// It will sleep before its turn is over, and nobody would be there to decide.
TEST_F(OneQueueAheadTest, DoesNotWaitForATaskOfShortBursts) {
  Run(0, 0);
  TaskId waiting = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd,
                                        .weight = Weight::FromNice(10),
                                        .ran = Millis(4),
                                        .ran_since_sleep = Millis(4)});
  driver_.Advance(Micros(100));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{waiting});
}

TEST_F(OneQueueAheadTest, AFreeCpuWaitsForNobody) {
  Run(0, 0, Millis(4));
  driver_.set_room_on(0, {.space = 256, .free_cpus = 1});
  TaskId light = driver_.Runnable(1, {.reason = RunnableReason::kSliceEnd,
                                      .weight = Weight::FromNice(10),
                                      .ran = Millis(4),
                                      .ran_since_sleep = Millis(4)});
  driver_.Advance(Millis(2));
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{light});
}

// ---- Affinity ----

TEST_F(OneQueueTest, SendsARestrictedTaskToACpuOfIts) {
  Allow(0, {2});
  driver_.Wake(0);
  EXPECT_EQ(driver_.Schedule()[0].cpu, CpuId(2));
}

TEST_F(OneQueueTest, IsNotHeldUpByTasksWhoseCpusAreFull) {
  Allow(0, {2});
  Allow(1, {1, 2});
  driver_.set_room_on(2, {});
  TaskId pinned = driver_.Wake(0);
  TaskId pair = driver_.Runnable(1, {.ran = Millis(1)});
  TaskId free = driver_.Runnable(2, {.ran = Millis(2)});
  std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 2u);
  EXPECT_EQ(dispatches[0].task, pair);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
  EXPECT_EQ(dispatches[1].task, free);
  driver_.set_room_on(2, {.space = 1});
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{pinned});
}

TEST_F(OneQueueTest, DispatchesRestrictedTasksWhenTheCommonQueueIsFull) {
  Full();
  driver_.set_room_on(1, {.space = 8, .free_cpus = 1});
  Allow(0, {1});
  TaskId pinned = driver_.Wake(0);
  driver_.Wake(1);
  EXPECT_EQ(driver_.ScheduleTasks(), Tasks{pinned});
}

// The event that tells is on its way.
TEST_F(OneQueueTest, DispatchesATaskWhoseAffinityHasJustChangedToWhereItWasQueuedFor) {
  Full();
  driver_.set_room_on(1, {.space = 8, .free_cpus = 1});
  Allow(0, {1});
  driver_.Wake(0);
  Allow(0, {3});
  const std::vector<Dispatch> dispatches = driver_.Schedule();
  ASSERT_EQ(dispatches.size(), 1u);
  EXPECT_EQ(dispatches[0].cpu, CpuId(1));
}

TEST_F(OneQueueTest, LooksUpTheAffinityOfATaskThatWasNotAllowed) {
  TaskId task = driver_.Wake(0);
  driver_.ScheduleTasks();
  Allow(0, {3});
  driver_.Refuse(task, RefusedReason::kNotAllowed);
  EXPECT_EQ(driver_.Schedule()[0].cpu, CpuId(3));
}

}  // namespace
}  // namespace scxx
