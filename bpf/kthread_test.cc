// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;

class Kthread : public DispatcherTest {
 protected:
  Kthread() : DispatcherTest(TestConfig(2)) { kernel->Advance(1000 * kMs); }

  task_struct& New(int pid, uint64_t allowed = 0b01) {
    return kernel->Spawn({.pid = pid, .flags = PF_KTHREAD, .allowed = allowed});
  }

  // It wakes on CPU 0, runs for `ns` and sleeps again. True: it was served at once.
  bool WakeAndRun(task_struct& p, uint64_t ns) {
    EnqueueOn(0, p, ENQ_WAKEUP);
    const bool at_once = kernel->DsqOf(p) == SCX_DSQ_LOCAL;
    task_struct* const next = at_once ? kernel->PopLocal(0) : NextOn(0);
    EXPECT_EQ(next, &p);
    RanFor(p, ns);
    kernel->Dequeue(p);
    return at_once;
  }
};

TEST_F(Kthread, OneThatWakesGoesAheadOfEverybody) {
  task_struct& first = New(2);
  task_struct& second = New(3);
  EnqueueOn(0, first, ENQ_WAKEUP);
  EnqueueOn(0, second, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL), ElementsAre(&second, &first));
  EXPECT_EQ(kernel->Count(SCXX_CNT_KTHREAD), 2u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_KERNEL), 0u);
}

TEST_F(Kthread, OneWhoseSliceHasEndedWaitsInAQueue) {
  task_struct& p = New(2);
  EnqueueOn(0, p, ENQ_WAKEUP);
  ASSERT_EQ(kernel->PopLocal(0), &p);
  RanFor(p, kMs);
  EnqueueOn(0, p);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(0));
}

TEST_F(Kthread, OneThatSleepsMostOfTheTimeIsAlwaysServedAtOnce) {
  task_struct& p = New(2);
  for (int i = 0; i < 300; ++i) {
    EXPECT_TRUE(WakeAndRun(p, kMs)) << "wakeup " << i;
    kernel->Advance(2 * kMs);
  }
}

TEST_F(Kthread, OneThatBurnsIsNot) {
  task_struct& p = New(2);
  uint64_t at_once = 0;
  for (int i = 0; i < 300; ++i) {
    at_once += WakeAndRun(p, kMs) ? kMs : 0;
    kernel->Advance(kMs / 20);
  }
  EXPECT_LE(at_once, 300 * kMs * 6 / 10 + KTHREAD_BURST);
  EXPECT_GE(at_once, 300 * kMs * 3 / 10);
}

// None of them uses more than a quarter of the CPU.
TEST_F(Kthread, SeveralThatBurnTogetherAreNot) {
  const std::vector<task_struct*> threads = {&New(2), &New(3), &New(4), &New(5)};
  uint64_t at_once = 0;
  for (int i = 0; i < 400; ++i) at_once += WakeAndRun(*threads[i % 4], kMs) ? kMs : 0;
  EXPECT_LE(at_once, 400 * kMs * 6 / 10 + KTHREAD_BURST);
}

TEST_F(Kthread, ARestFillsTheBucketAndNoMore) {
  task_struct& p = New(2);
  while (WakeAndRun(p, kMs)) {
  }
  kernel->Advance(2 * KTHREAD_BURST + 2 * kMs);
  EXPECT_TRUE(WakeAndRun(p, kMs));
  kernel->Advance(100 * KTHREAD_BURST);
  uint64_t at_once = 0;
  while (WakeAndRun(p, kMs)) at_once += kMs;
  EXPECT_LE(at_once, 2 * KTHREAD_BURST + 2 * kMs);
}

// It has paid there.
TEST_F(Kthread, WhatAQueueGaveItIsNotOfTheBucket) {
  task_struct& p = New(2);
  while (WakeAndRun(p, kMs)) {
  }
  const uint64_t used = kernel->cpu(0).kthread_used;
  EnqueueOn(0, p, ENQ_WAKEUP);
  EXPECT_LE(kernel->cpu(0).kthread_used, used);
}

TEST_F(Kthread, TheBucketIsOfTheCpuThatTheThreadIsOn) {
  task_struct& p = New(2);
  while (WakeAndRun(p, kMs)) {
  }
  task_struct& q = kernel->Spawn({.pid = 3, .flags = PF_KTHREAD, .cpu = 1, .allowed = 0b10});
  EnqueueOn(0, q, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL, 1), ElementsAre(&q));
}

// Records wait meanwhile, and ops.dispatch is asked between its turns.
TEST_F(Kthread, OneThatBurnsLeavesTimeToRecords) {
  task_struct& p = New(2);
  EnqueueOn(0, p, ENQ_WAKEUP);
  task_struct* running = kernel->PopLocal(0);
  uint64_t others = 0;
  for (int i = 0; i < 400; ++i) {
    task_struct& user = kernel->Spawn({.pid = 100, .allowed = 0b01});
    if (user.slot >= 0) {
      EnqueueOn(0, user);
      Place(0, RecordFor(user));
      kernel->agent().pending = 0;
      TakeEvents();
    }
    RanFor(*running, 3 * kMs);
    if (running == &p) {
      EnqueueOn(0, p);
    } else {
      kernel->Dequeue(*running);
      OnCpu here(*kernel, 0);
      task_exit(running);
      others += 3 * kMs;
    }
    running = NextOn(0);
    ASSERT_NE(running, nullptr);
  }
  EXPECT_GE(others, 400 * 3 * kMs * 4 / 10);
}

// What they will use is not known yet, and ops.dispatch is called after all of them.
TEST_F(Kthread, OfManyThatWakeTogetherAFewAreServedAtOnce) {
  std::vector<task_struct*> threads;
  for (int i = 0; i < 20; ++i) {
    threads.push_back(&New(2 + i));
    EnqueueOn(0, *threads.back(), ENQ_WAKEUP);
  }
  EXPECT_EQ(kernel->Contents(SCX_DSQ_LOCAL).size(), KTHREAD_CROWD);
  EXPECT_EQ(kernel->Contents(QueueOfCpu(0)).size(), 20u - KTHREAD_CROWD);
}

// Those that do little are served at once all the same, as they would have been one by one.
TEST_F(Kthread, TheOthersGoBeforeRecords) {
  task_struct& user = kernel->Spawn({.pid = 100, .allowed = 0b01});
  EnqueueOn(0, user);
  Place(0, RecordFor(user));
  for (int i = 0; i < 20; ++i) EnqueueOn(0, New(2 + i), ENQ_WAKEUP);
  for (int i = 0; i < 20; ++i) {
    task_struct* next = kernel->PopLocal(0);
    if (next == nullptr) next = NextOn(0);
    ASSERT_NE(next, nullptr);
    EXPECT_NE(next, &user) << i;
    RanFor(*next, kMs / 100);
    kernel->Dequeue(*next);
  }
  EXPECT_EQ(NextOn(0), &user);
}

}  // namespace
}  // namespace scxx
