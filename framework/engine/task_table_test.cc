// SPDX-License-Identifier: Apache-2.0

#include "framework/engine/task_table.h"

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using News = TaskTable::News;

constexpr TaskId kTask{.slot = 3, .generation = 7};
constexpr TaskId kSuccessor{.slot = 3, .generation = 8};

class TaskTableTest : public testing::Test {
 protected:
  // As the engine takes a task; keeps what the steps came to.
  News Take(TaskId task, uint32_t enqueue, Nanos ran = {}) {
    event_ = {.task = task, .ran = ran, .enqueued_at = Instant(enqueue * 100)};
    evicted_ = table_.Evict(task);
    return table_.Take(enqueue, event_);
  }
  bool Retire(TaskId task) {
    evicted_ = table_.Evict(task);
    return table_.Retire(task);
  }

  TaskTable table_{8};
  TaskRunnable event_;
  TaskId evicted_;
};

TEST_F(TaskTableTest, FollowsATaskThroughItsLife) {
  EXPECT_EQ(Take(kTask, 1), News::kRunnable);
  EXPECT_FALSE(evicted_.IsTask());
  EXPECT_EQ(table_.held(), 1u);

  TaskTable::Enqueue enqueue = table_.Release(kTask);
  EXPECT_EQ(enqueue.number, 1u);
  EXPECT_EQ(enqueue.at, Instant(100));
  EXPECT_EQ(table_.held(), 0u);

  EXPECT_TRUE(table_.Reclaim(kTask, 1));
  EXPECT_TRUE(table_.Withdraw(kTask, 1));
  EXPECT_EQ(table_.held(), 0u);
  EXPECT_EQ(Take(kTask, 2), News::kRunnable);
  EXPECT_TRUE(Retire(kTask));
  EXPECT_EQ(table_.held(), 0u);
}

TEST_F(TaskTableTest, NoticesAMissedEndOfCustody) {
  Take(kTask, 1);
  EXPECT_EQ(Take(kTask, 2), News::kMissedEnd);
  EXPECT_EQ(table_.held(), 1u);
}

TEST_F(TaskTableTest, NoticesAMissedExit) {
  Take(kTask, 1);
  EXPECT_EQ(Take(kSuccessor, 1), News::kRunnable);
  EXPECT_EQ(evicted_, kTask);
  EXPECT_EQ(table_.held(), 1u);
}

TEST_F(TaskTableTest, NoticesAMissedExitWhenTheSuccessorExits) {
  Take(kTask, 1);
  EXPECT_FALSE(Retire(kSuccessor));
  EXPECT_EQ(evicted_, kTask);
  EXPECT_EQ(table_.held(), 0u);
  EXPECT_EQ(Take(kSuccessor, 1), News::kOld);
}

TEST_F(TaskTableTest, DropsOldMessages) {
  Take(kTask, 5);
  EXPECT_EQ(Take(kTask, 5), News::kOld);
  EXPECT_EQ(Take(kTask, 4), News::kOld);
  EXPECT_FALSE(table_.Withdraw(kTask, 4));
  EXPECT_FALSE(table_.Reclaim(kTask, 5));
  EXPECT_EQ(table_.held(), 1u);
  Take(kSuccessor, 1);
  EXPECT_EQ(Take(kTask, 6), News::kOld);
  EXPECT_FALSE(table_.Withdraw(kTask, 5));
  EXPECT_FALSE(Retire(kTask));
  EXPECT_FALSE(evicted_.IsTask());
  EXPECT_EQ(table_.held(), 1u);
}

TEST_F(TaskTableTest, DropsWhatComesAfterTheExit) {
  Take(kTask, 1);
  Retire(kTask);
  EXPECT_EQ(Take(kTask, 2), News::kOld);
  EXPECT_FALSE(table_.Withdraw(kTask, 2));
  EXPECT_FALSE(Retire(kTask));
  EXPECT_FALSE(evicted_.IsTask());
  EXPECT_EQ(Take(kSuccessor, 1), News::kRunnable);
}

TEST_F(TaskTableTest, LearnsOfAnEndBeforeTheBeginning) {
  Take(kTask, 1);
  table_.Release(kTask);
  EXPECT_FALSE(table_.Withdraw(kTask, 2));
  EXPECT_EQ(Take(kTask, 2), News::kOld);
  EXPECT_EQ(Take(kTask, 3), News::kRunnable);
}

TEST_F(TaskTableTest, CountsAcrossTheWrap) {
  Take(kTask, UINT32_MAX);
  EXPECT_EQ(Take(kTask, 0), News::kMissedEnd);
  EXPECT_EQ(Take(kTask, UINT32_MAX), News::kOld);
  constexpr TaskId kLast{.slot = 1, .generation = (1u << TaskId::kGenerationBits) - 1};
  constexpr TaskId kNext{.slot = 1, .generation = 0};
  Take(kLast, 1);
  EXPECT_EQ(Take(kNext, 1), News::kRunnable);
  EXPECT_EQ(evicted_, kLast);
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
