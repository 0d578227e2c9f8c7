// SPDX-License-Identifier: Apache-2.0

#include "framework/base/task_id.h"

#include <sstream>

#include "absl/hash/hash.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(TaskId, DiffersByGeneration) {
  TaskId first{.slot = 4, .generation = 1};
  TaskId second{.slot = 4, .generation = 2};
  EXPECT_NE(first, second);
  EXPECT_NE(absl::HashOf(first), absl::HashOf(second));
  EXPECT_EQ(first, (TaskId{.slot = 4, .generation = 1}));
}

TEST(TaskId, KnowsWhoLivedInTheSlotBefore) {
  constexpr uint32_t kLast = (1u << TaskId::kGenerationBits) - 1;
  constexpr TaskId first{.slot = 4, .generation = kLast};
  constexpr TaskId second{.slot = 4, .generation = 0};
  constexpr TaskId third{.slot = 4, .generation = 1};
  EXPECT_TRUE(second.IsOlderThan(third));
  EXPECT_FALSE(third.IsOlderThan(second));
  EXPECT_TRUE(first.IsOlderThan(second)) << "the numbers begin again";
  EXPECT_TRUE(first.IsOlderThan(third));
  EXPECT_FALSE(second.IsOlderThan(first));
  EXPECT_FALSE(first.IsOlderThan(first));
}

TEST(TaskId, IsNoTaskByDefault) {
  EXPECT_FALSE(TaskId().IsTask());
  EXPECT_EQ(TaskId(), TaskId::None());
  EXPECT_TRUE((TaskId{.slot = 0, .generation = 0}).IsTask());
}

TEST(TaskId, Prints) {
  std::ostringstream out;
  out << TaskId{.slot = 4, .generation = 2} << ' ' << TaskId::None();
  EXPECT_EQ(out.str(), "task4.2 task:none");
}

}  // namespace
}  // namespace scxx
