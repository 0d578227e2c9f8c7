// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/task_heaps.h"

#include <cstdint>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

std::vector<uint32_t> Drain(TaskHeaps* heaps, uint32_t heap) {
  std::vector<uint32_t> slots;
  for (uint32_t slot; (slot = heaps->First(heap)) != TaskHeaps::kNone;) {
    slots.push_back(slot);
    heaps->Remove(slot);
  }
  return slots;
}

using Slots = std::vector<uint32_t>;

TEST(TaskHeaps, StartsEmpty) {
  TaskHeaps heaps(4, 2);
  EXPECT_EQ(heaps.First(0), TaskHeaps::kNone);
  EXPECT_EQ(heaps.First(1), TaskHeaps::kNone);
  EXPECT_FALSE(heaps.Contains(0));
  EXPECT_FALSE(heaps.Contains(4));
}

TEST(TaskHeaps, YieldsSlotsInOrderOfKeyThenOfArrival) {
  TaskHeaps heaps(8, 1);
  heaps.Insert(0, 3, Vtime(30));
  heaps.Insert(0, 1, Vtime(10));
  heaps.Insert(0, 5, Vtime(30));
  heaps.Insert(0, 0, Vtime(30));
  heaps.Insert(0, 2, Vtime(20));
  EXPECT_EQ(Drain(&heaps, 0), (Slots{1, 2, 3, 5, 0}));
}

TEST(TaskHeaps, OrdersKeysAcrossTheWrap) {
  TaskHeaps heaps(4, 1);
  heaps.Insert(0, 0, Vtime(500));
  heaps.Insert(0, 1, Vtime(UINT64_MAX));
  heaps.Insert(0, 2, Vtime(UINT64_MAX - 500));
  EXPECT_EQ(Drain(&heaps, 0), (Slots{2, 1, 0}));
}

TEST(TaskHeaps, KeepsHeapsApart) {
  TaskHeaps heaps(4, 2);
  heaps.Insert(0, 0, Vtime(1));
  heaps.Insert(1, 1, Vtime(0));
  heaps.Insert(0, 2, Vtime(0));
  EXPECT_EQ(heaps.heap(1), 1u);
  EXPECT_EQ(heaps.First(0), 2u);
  EXPECT_TRUE(heaps.IsBefore(1, 0));
  EXPECT_TRUE(heaps.IsBefore(1, 2));  // the same key, but it came first
  EXPECT_EQ(Drain(&heaps, 1), Slots{1});
  EXPECT_EQ(Drain(&heaps, 0), (Slots{2, 0}));
}

TEST(TaskHeapsDeathTest, RefusesMisuse) {
  TaskHeaps heaps(2, 1);
  heaps.Insert(0, 1, Vtime(1));
  EXPECT_DEATH(heaps.Insert(0, 1, Vtime(2)), "in a heap already");
  EXPECT_DEATH(heaps.Insert(0, 2, Vtime(2)), "beyond max_tasks");
  EXPECT_DEATH(heaps.Remove(0), "in no heap");
}

// Against std::set, with few distinct keys so that ties are common.
TEST(TaskHeaps, AgreesWithASetOverALongRandomRun) {
  constexpr uint32_t kSlots = 200;
  TaskHeaps heaps(kSlots, 1);
  std::set<std::tuple<uint64_t, uint64_t, uint32_t>> model;  // key, arrival, slot
  std::vector<std::tuple<uint64_t, uint64_t, uint32_t>> entry(kSlots);
  std::mt19937_64 random(1);
  for (uint64_t step = 0; step < 200'000; ++step) {
    const auto slot = static_cast<uint32_t>(random() % kSlots);
    const bool pop = !model.empty() && random() % 4 == 0;
    const uint32_t victim = pop ? std::get<2>(*model.begin()) : slot;
    if (heaps.Contains(victim)) {
      model.erase(entry[victim]);
      heaps.Remove(victim);
    } else {
      entry[slot] = {random() % 50 + step / 1000, step, slot};
      model.insert(entry[slot]);
      heaps.Insert(0, slot, Vtime(std::get<0>(entry[slot])));
    }
    const uint32_t first = model.empty() ? TaskHeaps::kNone : std::get<2>(*model.begin());
    ASSERT_EQ(heaps.First(0), first) << "step " << step;
  }
}

}  // namespace
}  // namespace scxx
