// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

constexpr unsigned int kGreedy = 1000;
constexpr unsigned int kModest = 1001;

class Users : public DispatcherTest {
 protected:
  Users() : DispatcherTest(TestConfig(2, /*max_tasks=*/128)) {}

  task_struct& New(unsigned int uid) { return kernel->Spawn({.pid = next_pid_++, .uid = uid}); }
  // How many of so many new tasks of a user have a slot.
  int Slots(unsigned int uid, int tasks) {
    int slots = 0;
    for (int i = 0; i < tasks; ++i) slots += New(uid).slot >= 0;
    return slots;
  }
  void Exit(task_struct& p) {
    OnCpu here(*kernel, 0);
    task_exit(&p);
  }
  uint64_t slotless() const { return kernel->global().slotless; }
  uint64_t taken() const { return kernel->global().slots_taken; }

 private:
  int next_pid_ = 10;
};

TEST_F(Users, OneWhoIsGreedyLeavesAQuarter) {
  EXPECT_EQ(Slots(kGreedy, 1000), 96);
  EXPECT_EQ(taken(), 97u) << "and the agent's";
  EXPECT_GE(New(kModest).slot, 0);
  EXPECT_GE(New(0).slot, 0);
  EXPECT_EQ(New(kGreedy).slot, -1);
}

TEST_F(Users, ManyWhoAreGreedyHaveAsManyAndLeaveSome) {
  constexpr unsigned int kUsers = 10;
  int slots[kUsers] = {};
  for (int i = 0; i < 200; ++i) {
    for (unsigned int user = 0; user < kUsers; ++user) slots[user] += Slots(kGreedy + user, 1);
  }
  for (const int has : slots) EXPECT_NEAR(has, 3 * 128 / 31, 1);
  EXPECT_GE(New(kGreedy + kUsers).slot, 0);
  EXPECT_GE(New(0).slot, 0);
}

TEST_F(Users, RootHasNearlyAllIfNobodyElseIsThere) {
  EXPECT_EQ(Slots(0, 1000) + 1, 120) << "with the agent";
  EXPECT_EQ(Slots(kModest, 4), 4);
}

TEST_F(Users, AnExitGivesThePartBack) {
  task_struct& first = New(kGreedy);
  EXPECT_EQ(Slots(kGreedy, 1000), 95);
  Exit(first);
  EXPECT_EQ(Slots(kGreedy, 10), 1);
}

// As a login does: the slot is that of whoever it was for.
TEST_F(Users, ATaskThatChangesItsUserCountsForTheFormerOne) {
  task_struct& login = New(0);
  login.uid = kGreedy;
  EXPECT_EQ(Slots(kGreedy, 1000), 95) << "of the 126 that are left";
  Exit(login);
  EXPECT_EQ(*kernel->state().UserSlots(0), 1u);
  EXPECT_EQ(*kernel->state().UserSlots(kGreedy), 95u);
}

TEST_F(Users, ASlotThatIsFreeGoesToThoseWhoMayHaveOne) {
  task_struct& first = New(kGreedy);
  Slots(kGreedy, 95);
  task_struct& greedy = New(kGreedy);
  ASSERT_EQ(greedy.slot, -1);
  EnqueueOn(0, greedy);
  EXPECT_EQ(greedy.slot, -1) << "still";
  kernel->Dequeue(greedy);
  Exit(first);
  EnqueueOn(0, greedy);
  EXPECT_GE(greedy.slot, 0);
}

// ---- those who have none ----

TEST_F(Users, TasksWithoutASlotAreCountedWhileTheyLive) {
  EXPECT_EQ(slotless(), 0u);
  Slots(kGreedy, 96);
  EXPECT_EQ(slotless(), 0u);
  task_struct& a = New(kGreedy);
  task_struct& b = New(kGreedy);
  EXPECT_EQ(slotless(), 2u);
  for (int i = 0; i < 3; ++i) {
    EnqueueOn(0, a);
    kernel->Dequeue(a);
  }
  EXPECT_EQ(slotless(), 2u) << "each once";
  Exit(b);
  Exit(b);
  EXPECT_EQ(slotless(), 1u);
}

TEST_F(Users, ATaskThatGetsALateSlotIsNoLongerCounted) {
  task_struct& first = New(kGreedy);
  Slots(kGreedy, 95);
  task_struct& late = New(kGreedy);
  Exit(first);
  EXPECT_EQ(slotless(), 1u);
  EnqueueOn(0, late);
  EXPECT_EQ(slotless(), 0u);
  Exit(late);
  EXPECT_EQ(slotless(), 0u);
  EXPECT_EQ(taken(), 96u);
}

TEST_F(Users, KernelThreadsWantNone) {
  kernel->Spawn({.pid = 2, .flags = PF_KTHREAD});
  EXPECT_EQ(slotless(), 0u);
}

}  // namespace
}  // namespace scxx
