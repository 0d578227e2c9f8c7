// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

class Tasks : public DispatcherTest {
 protected:
  Tasks() : DispatcherTest(TestConfig(2, /*max_tasks=*/4)) {}

  task_struct& New(int pid) { return kernel->Spawn({.pid = pid}); }
  void Exit(task_struct& p) {
    OnCpu here(*kernel, 0);
    task_exit(&p);
  }
  const scxx_gone_ring& gone() { return *kernel->maps().gone.Find<scxx_gone_ring>(0); }
};

TEST_F(Tasks, EachGetsASlotOfItsOwn) {
  task_struct& a = New(10);
  task_struct& b = New(11);
  EXPECT_EQ(a.slot, 1);  // 0 is the agent's
  EXPECT_EQ(b.slot, 2);
  EXPECT_EQ(kernel->SlotTask(1), &a);
  EXPECT_EQ(kernel->SlotTask(2), &b);
}

TEST_F(Tasks, ATaskThatExitsAlreadyGetsNoSlot) {
  EXPECT_EQ(kernel->Spawn({.pid = 10, .flags = PF_EXITING}).slot, -1);
}

TEST_F(Tasks, ASlotDescribesItsTask) {
  task_struct& p = kernel->Spawn({.pid = 10, .tgid = 9, .cpu = 1, .allowed = 2});
  const scxx_task& slot = SlotOf(p);
  EXPECT_EQ(slot.pid, 10);
  EXPECT_EQ(slot.tgid, 9);
  EXPECT_EQ(slot.cpu, 1);
  EXPECT_STREQ(slot.comm, "task-10");
  EXPECT_EQ(slot.nr_cpus_allowed, 1u);
  EXPECT_EQ(slot.flags, 0u);
  EXPECT_EQ(custody_state(slot.custody), uint32_t{SCXX_CUSTODY_KERNEL});
}

TEST_F(Tasks, KernelThreadsGetNone) {
  EXPECT_EQ(kernel->Spawn({.pid = 2, .flags = PF_KTHREAD}).slot, -1);
}

TEST_F(Tasks, ATableThatIsFullTurnsTasksAway) {
  for (int pid = 10; pid < 13; ++pid) EXPECT_GE(New(pid).slot, 0);
  EXPECT_EQ(New(13).slot, -1);
  EXPECT_EQ(New(14).slot, -1);
}

TEST_F(Tasks, AFreedSlotIsUsedAgainByALaterGeneration) {
  task_struct& first = New(10);
  const uint32_t slot = first.slot;
  const scxx_u64 before = SlotOf(first).custody;
  Exit(first);
  EXPECT_EQ(first.slot, -1);
  EXPECT_EQ(kernel->SlotTask(slot), nullptr);
  task_struct& second = New(11);
  EXPECT_EQ(static_cast<uint32_t>(second.slot), slot);
  EXPECT_EQ(custody_generation(SlotOf(second).custody), custody_generation(before) + 1);
  EXPECT_EQ(custody_count(SlotOf(second).custody), custody_count(before) + 1);
  EXPECT_EQ(SlotOf(second).pid, 11);
}

TEST_F(Tasks, NothingOfTheOldTaskIsLeftInTheSlot) {
  task_struct& first = New(10);
  scxx_task& slot = SlotOf(first);
  slot.started_at = slot.enqueued_at = slot.residual = slot.slice = slot.vtime = 99;
  slot.flags = SCXX_TASK_NO_MIGRATE;
  Exit(first);
  New(11);
  EXPECT_EQ(slot.started_at + slot.enqueued_at + slot.residual + slot.slice + slot.vtime, 0u);
  EXPECT_EQ(slot.flags, uint32_t{SCXX_TASK_ALL_CPUS});
}

TEST_F(Tasks, ATableThatWasFullHasRoomAfterAnExit) {
  task_struct& first = New(10);
  New(11);
  New(12);
  ASSERT_EQ(New(13).slot, -1);
  Exit(first);
  EXPECT_GE(New(14).slot, 0);
  EXPECT_EQ(New(15).slot, -1);
}

// Its CPU time so far is nobody's to charge.
TEST_F(Tasks, ALateSlotBeginsWithTheCpuTimeOfItsTask) {
  task_struct& first = New(10);
  New(11);
  New(12);
  task_struct& late = New(13);
  ASSERT_EQ(late.slot, -1);
  late.se.sum_exec_runtime = 7 * kMs;
  OnCpu here(*kernel, 0);
  EXPECT_EQ(task_bind(&late), -1) << "still full";
  task_exit(&first);
  EXPECT_EQ(task_bind(&late), late.slot);
  ASSERT_GE(late.slot, 0);
  EXPECT_EQ(SlotOf(late).sum_exec, 7 * kMs);
  EXPECT_EQ(SlotOf(late).exec_at_wake, 7 * kMs);
  EXPECT_EQ(SlotOf(late).exec_at_start, 7 * kMs);
  EXPECT_STREQ(SlotOf(late).comm, "task-13");
}

TEST_F(Tasks, AnExitIsReportedWithItsGeneration) {
  task_struct& p = New(10);
  const uint32_t generation = custody_generation(SlotOf(p).custody);
  Exit(p);
  EXPECT_EQ(gone().tail, 1u);
  EXPECT_EQ(gone().entries[0].slot, 1u);
  EXPECT_EQ(gone().entries[0].generation, generation);
}

TEST_F(Tasks, ASecondExitOfTheSameTaskDoesNothing) {
  task_struct& p = New(10);
  Exit(p);
  Exit(p);  // a slot freed twice is an error
  EXPECT_EQ(gone().tail, 1u);
  EXPECT_EQ(kernel->errors(), std::vector<std::string>());
}

TEST_F(Tasks, ATaskThatExitsInCustodyIsCountedGone) {
  task_struct& p = New(10);
  kernel->Wake(p, 0);
  ASSERT_EQ(StateOf(p), uint32_t{SCXX_CUSTODY_USER});
  Exit(p);
  EXPECT_EQ(kernel->Count(SCXX_CNT_GONE), 1u);
  CheckBalance();
}

TEST_F(Tasks, AffinityIsCopiedForPolicies) {
  Start(TestConfig(8));
  task_struct& p = kernel->Spawn({.pid = 10, .allowed = 0b10110});
  EXPECT_EQ(*kernel->maps().affinity.Find<uint64_t>(p.slot), 0b10110u);
  EXPECT_EQ(SlotOf(p).nr_cpus_allowed, 3u);
  EXPECT_FALSE(SlotOf(p).flags & SCXX_TASK_ALL_CPUS);
  kernel->SetAllowed(p, ~0ull);
  EXPECT_EQ(*kernel->maps().affinity.Find<uint64_t>(p.slot), 0xffu);
  EXPECT_TRUE(SlotOf(p).flags & SCXX_TASK_ALL_CPUS);
}

TEST_F(Tasks, AffinityBeyond64Cpus) {
  Start(TestConfig(100));
  task_struct& p = kernel->Spawn({.pid = 10, .allowed = 1});
  p.allowed.cpus.set_word(1, 1ull << 35 | 1ull << 36);  // 99 exists, 100 does not
  OnCpu here(*kernel, 0);
  task_set_affinity(p.slot, p.cpus_ptr);
  EXPECT_EQ(SlotOf(p).nr_cpus_allowed, 2u);
  EXPECT_EQ(kernel->maps().affinity.Find<uint64_t>(p.slot)[1], 1ull << 35);
}

TEST_F(Tasks, CountersBelongToTheExecutingCpu) {
  {
    OnCpu here(*kernel, 1);
    count(SCXX_CNT_STALE, 3);
    count(SCXX_NR_COUNTERS, 1);  // not a counter: nothing happens
  }
  EXPECT_EQ(kernel->cpu(0).counters[SCXX_CNT_STALE], 0u);
  EXPECT_EQ(kernel->cpu(1).counters[SCXX_CNT_STALE], 3u);
}

TEST(BitsSet, CountsLikeTheStandardLibrary) {
  for (uint64_t word = 1, i = 0; i < 1000; word = word * 6364136223846793005u + 1, ++i) {
    EXPECT_EQ(bits_set(word), static_cast<uint32_t>(std::popcount(word)));
  }
  EXPECT_EQ(bits_set(0), 0u);
  EXPECT_EQ(bits_set(~0ull), 64u);
}

}  // namespace
}  // namespace scxx
