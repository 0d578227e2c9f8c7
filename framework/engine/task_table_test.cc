// SPDX-License-Identifier: Apache-2.0

#include "framework/engine/task_table.h"

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/backend/backend.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr TaskId kTask{.slot = 3, .generation = 7};
constexpr TaskId kSuccessor{.slot = 3, .generation = 8};

class TaskTableTest : public testing::Test {
 protected:
  // Take, and the run time it left in the event.
  TaskTable::Arrival Take(TaskId task, uint32_t enqueue, Nanos ran = {}) {
    event_ = {.task = task, .ran = ran, .enqueued_at = Instant(enqueue * 100)};
    return table_.Take(enqueue, event_);
  }

  TaskTable table_{8};
  TaskRunnable event_;
};

TEST_F(TaskTableTest, FollowsATaskThroughItsLife) {
  TaskTable::Arrival arrival = Take(kTask, 1);
  EXPECT_TRUE(arrival.fresh);
  EXPECT_FALSE(arrival.was_held);
  EXPECT_FALSE(arrival.predecessor.IsTask());
  EXPECT_EQ(table_.held(), 1u);

  TaskTable::Enqueue enqueue = table_.Release(kTask);
  EXPECT_EQ(enqueue.number, 1u);
  EXPECT_EQ(enqueue.at, Instant(100));
  EXPECT_EQ(table_.held(), 0u);

  EXPECT_TRUE(table_.Reclaim(kTask, 1));
  EXPECT_TRUE(table_.Withdraw(kTask, 1));
  EXPECT_EQ(table_.held(), 0u);
  EXPECT_TRUE(Take(kTask, 2).fresh);
  EXPECT_EQ(table_.Retire(kTask), kTask);
  EXPECT_EQ(table_.held(), 0u);
}

TEST_F(TaskTableTest, NoticesAMissedEndOfCustody) {
  Take(kTask, 1);
  TaskTable::Arrival arrival = Take(kTask, 2);
  EXPECT_TRUE(arrival.fresh);
  EXPECT_TRUE(arrival.was_held);
  EXPECT_EQ(table_.held(), 1u);
}

TEST_F(TaskTableTest, NoticesAMissedExit) {
  Take(kTask, 1);
  TaskTable::Arrival arrival = Take(kSuccessor, 1);
  EXPECT_TRUE(arrival.fresh);
  EXPECT_FALSE(arrival.was_held);
  EXPECT_EQ(arrival.predecessor, kTask);
  EXPECT_EQ(table_.held(), 1u);
}

TEST_F(TaskTableTest, NoticesAMissedExitWhenTheSuccessorExits) {
  Take(kTask, 1);
  EXPECT_EQ(table_.Retire(kSuccessor), kTask);
  EXPECT_EQ(table_.held(), 0u);
  EXPECT_FALSE(Take(kSuccessor, 1).fresh);
}

TEST_F(TaskTableTest, DropsOldMessages) {
  Take(kTask, 5);
  EXPECT_FALSE(Take(kTask, 5).fresh);
  EXPECT_FALSE(Take(kTask, 4).fresh);
  EXPECT_FALSE(table_.Withdraw(kTask, 4));
  EXPECT_FALSE(table_.Reclaim(kTask, 5));
  EXPECT_EQ(table_.held(), 1u);
  Take(kSuccessor, 1);
  EXPECT_FALSE(Take(kTask, 6).fresh);
  EXPECT_FALSE(table_.Withdraw(kTask, 5));
  EXPECT_FALSE(table_.Retire(kTask).IsTask());
  EXPECT_EQ(table_.held(), 1u);
}

TEST_F(TaskTableTest, DropsWhatComesAfterTheExit) {
  Take(kTask, 1);
  table_.Retire(kTask);
  EXPECT_FALSE(Take(kTask, 2).fresh);
  EXPECT_FALSE(table_.Withdraw(kTask, 2));
  EXPECT_FALSE(table_.Retire(kTask).IsTask());
  EXPECT_TRUE(Take(kSuccessor, 1).fresh);
}

TEST_F(TaskTableTest, LearnsOfAnEndBeforeTheBeginning) {
  Take(kTask, 1);
  table_.Release(kTask);
  EXPECT_FALSE(table_.Withdraw(kTask, 2));
  EXPECT_FALSE(Take(kTask, 2).fresh);
  EXPECT_TRUE(Take(kTask, 3).fresh);
}

TEST_F(TaskTableTest, CountsAcrossTheWrap) {
  Take(kTask, UINT32_MAX);
  EXPECT_TRUE(Take(kTask, 0).fresh);
  EXPECT_FALSE(Take(kTask, UINT32_MAX).fresh);
  constexpr TaskId kLast{.slot = 1, .generation = UINT32_MAX};
  constexpr TaskId kNext{.slot = 1, .generation = 0};
  Take(kLast, 1);
  EXPECT_EQ(Take(kNext, 1).predecessor, kLast);
}

TEST_F(TaskTableTest, LosesNoRunTime) {
  Take(kTask, 2, Millis(1));
  Take(kTask, 1, Millis(4));  // dropped
  Take(kTask, 3, Millis(2));
  EXPECT_EQ(event_.ran, Millis(6));
  Take(kTask, 4, Millis(1));
  EXPECT_EQ(event_.ran, Millis(1));
  Take(kTask, 1, Millis(9));  // dropped, and not the successor's
  Take(kSuccessor, 1, Millis(3));
  EXPECT_EQ(event_.ran, Millis(3));
}

TEST_F(TaskTableTest, LearnsHowLongATaskRuns) {
  EXPECT_EQ(table_.usual_runs()[3], Nanos::Max());
  Take(kTask, 1);
  EXPECT_EQ(table_.usual_runs()[3], Nanos::Max());
  Take(kTask, 2, Micros(100));
  EXPECT_EQ(table_.usual_runs()[3], Micros(100));
  Take(kTask, 3, Micros(500));
  EXPECT_EQ(table_.usual_runs()[3], Micros(200));
  Take(kTask, 4);
  EXPECT_EQ(table_.usual_runs()[3], Micros(200));
  Take(kSuccessor, 1);
  EXPECT_EQ(table_.usual_runs()[3], Nanos::Max());
}

TEST_F(TaskTableTest, ListsWhatIsHeldInParts) {
  for (uint32_t slot : {0, 2, 5, 7}) Take({.slot = slot, .generation = 1}, slot + 10);
  table_.Release({.slot = 5, .generation = 1});
  std::vector<HeldTask> part(2);
  uint32_t cursor = 0;
  ASSERT_EQ(table_.ListHeld(&cursor, absl::MakeSpan(part)), 2u);
  EXPECT_EQ(part[0].task.slot, 0u);
  EXPECT_EQ(part[1].task.slot, 2u);
  EXPECT_EQ(part[1].enqueue, 12u);
  ASSERT_EQ(table_.ListHeld(&cursor, absl::MakeSpan(part)), 1u);
  EXPECT_EQ(part[0].task.slot, 7u);
  EXPECT_EQ(table_.ListHeld(&cursor, absl::MakeSpan(part)), 0u);
}

using TaskTableDeathTest = TaskTableTest;

TEST_F(TaskTableDeathTest, CatchesADispatchOfATaskNotHeld) {
  EXPECT_DEATH(table_.Release(kTask), "does not hold");
  Take(kTask, 1);
  EXPECT_DEATH(table_.Release(kSuccessor), "does not hold");
  table_.Release(kTask);
  EXPECT_DEATH(table_.Release(kTask), "does not hold");
}

TEST_F(TaskTableDeathTest, CatchesASlotThatDoesNotExist) {
  EXPECT_DEATH(Take({.slot = 8, .generation = 1}, 1), "beyond max_tasks");
}

}  // namespace
}  // namespace scxx
