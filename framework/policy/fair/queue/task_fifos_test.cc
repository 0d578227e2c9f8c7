// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/task_fifos.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace scxx {
namespace {

using Slots = std::vector<uint32_t>;

Slots Drain(TaskFifos* fifos, uint32_t list) {
  Slots slots;
  for (uint32_t slot; (slot = fifos->Front(list)) != TaskFifos::kNone;) {
    slots.push_back(slot);
    fifos->Remove(slot);
  }
  return slots;
}

TEST(TaskFifos, KeepsTheOrderOfArrival) {
  TaskFifos fifos(8, 1);
  fifos.PushBack(0, 3);
  fifos.PushBack(0, 7);
  fifos.PushFront(0, 0);
  EXPECT_TRUE(fifos.Contains(7));
  EXPECT_FALSE(fifos.Contains(1));
  EXPECT_EQ(Drain(&fifos, 0), (Slots{0, 3, 7}));
  EXPECT_FALSE(fifos.Contains(7));
}

TEST(TaskFifos, RemovesFromAnywhere) {
  TaskFifos fifos(4, 1);
  for (uint32_t slot = 0; slot < 4; ++slot) fifos.PushBack(0, slot);
  fifos.Remove(1);
  fifos.Remove(3);
  fifos.PushBack(0, 1);
  EXPECT_EQ(Drain(&fifos, 0), (Slots{0, 2, 1}));
}

TEST(TaskFifos, KeepsListsApart) {
  TaskFifos fifos(4, 3);
  fifos.PushBack(2, 0);
  fifos.PushBack(1, 1);
  fifos.PushBack(2, 3);
  EXPECT_EQ(fifos.Front(0), TaskFifos::kNone);
  EXPECT_EQ(Drain(&fifos, 1), Slots{1});
  EXPECT_EQ(Drain(&fifos, 2), (Slots{0, 3}));
}

TEST(TaskFifosDeathTest, RefusesMisuse) {
  TaskFifos fifos(2, 1);
  fifos.PushBack(0, 1);
  EXPECT_DEATH(fifos.PushBack(0, 1), "in a list already");
  EXPECT_DEATH(fifos.PushFront(0, 2), "beyond max_tasks");
  EXPECT_DEATH(fifos.Remove(0), "in no list");
}

}  // namespace
}  // namespace scxx
