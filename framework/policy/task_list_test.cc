// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/task_list.h"

#include <cstdint>
#include <vector>

#include "framework/base/task_id.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TaskId Task(uint32_t slot, uint32_t generation = 1) {
  return {.slot = slot, .generation = generation};
}

std::vector<uint32_t> Drain(TaskList& list) {
  std::vector<uint32_t> slots;
  while (!list.empty()) slots.push_back(list.PopFront().slot);
  return slots;
}

class TaskListTest : public testing::Test {
 protected:
  TaskList list_{PolicyLimits{.max_tasks = 8}};
};

TEST_F(TaskListTest, KeepsOrder) {
  list_.PushBack(Task(3));
  list_.PushBack(Task(0));
  list_.PushFront(Task(7));
  EXPECT_EQ(list_.size(), 3u);
  EXPECT_EQ(list_.Front(), Task(7));
  EXPECT_EQ(Drain(list_), (std::vector<uint32_t>{7, 3, 0}));
  EXPECT_EQ(list_.size(), 0u);
}

TEST_F(TaskListTest, RemovesFromAnywhere) {
  for (uint32_t slot = 0; slot < 5; ++slot) list_.PushBack(Task(slot));
  EXPECT_TRUE(list_.Remove(Task(2)));
  EXPECT_TRUE(list_.Remove(Task(0)));
  EXPECT_TRUE(list_.Remove(Task(4)));
  EXPECT_FALSE(list_.Remove(Task(4)));
  EXPECT_EQ(Drain(list_), (std::vector<uint32_t>{1, 3}));
}

TEST_F(TaskListTest, TellsGenerationsApart) {
  list_.PushBack(Task(2, 5));
  EXPECT_FALSE(list_.Contains(Task(2, 4)));
  EXPECT_FALSE(list_.Remove(Task(2, 4)));
  EXPECT_TRUE(list_.Contains(Task(2, 5)));
  EXPECT_EQ(list_.PopFront(), Task(2, 5));
}

TEST_F(TaskListTest, TakesATaskAgain) {
  for (int round = 0; round < 3; ++round) {
    list_.PushBack(Task(1));
    EXPECT_EQ(list_.PopFront(), Task(1));
  }
}

TEST_F(TaskListTest, ContainsNoTaskBeyondTheLimit) {
  EXPECT_FALSE(list_.Contains(Task(8)));
  EXPECT_FALSE(list_.Remove(TaskId::None()));
}

using TaskListDeathTest = TaskListTest;

TEST_F(TaskListDeathTest, CatchesMisuse) {
  EXPECT_DEATH(list_.PopFront(), "empty");
  EXPECT_DEATH(list_.PushBack(Task(8)), "beyond max_tasks");
  list_.PushBack(Task(1));
  EXPECT_DEATH(list_.PushFront(Task(1, 2)), "already");
}

}  // namespace
}  // namespace scxx
