// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using SentKick = TestKernel::SentKick;

// Turns end late, and keys are made for a rate that may change a little.
constexpr uint64_t kWait = KERNEL_WAIT * 3 / 2;

class Queue : public DispatcherTest {
 protected:
  Queue() { StartWith(4); }

  // A machine that has been up for a while, so that no queue knows its clock's rate yet.
  void StartWith(uint32_t nr_cpus) {
    Start(TestConfig(nr_cpus, 512));
    kernel->Advance(1000 * kMs);
    for (uint32_t cpu = 0; cpu < nr_cpus; ++cpu) kernel->cpu(cpu).last_dispatch = kernel->now();
  }

  scxx_global& global() { return kernel->global(); }
  uint64_t slice() const { return kernel->config().fallback_slice; }

  task_struct& New(uint64_t allowed = ~0ull, int cpu = 0, uint32_t weight = 100) {
    task_struct& p = kernel->Spawn({.pid = next_pid_++, .cpu = cpu, .allowed = allowed});
    p.scx.weight = weight;
    return p;
  }
  task_struct& InQueue(uint64_t allowed = ~0ull, int cpu = 0, uint32_t weight = 100) {
    task_struct& p = New(allowed, cpu, weight);
    EnqueueForKernel(p);
    return p;
  }

  // It waits for CPU 0, and the policy has decided that it may run.
  void EnqueueWithRecord(task_struct& p) {
    EnqueueOn(0, p);
    TakeEvents();
    kernel->agent().pending = 0;
    Place(0, RecordFor(p));
  }

  // CPU 0 gives turns of a slice to tasks that want to run for ever, for `time`.
  struct Turns {
    std::map<task_struct*, uint64_t> ran;
    std::map<task_struct*, uint64_t> last;  // the end of its last turn
    std::map<task_struct*, uint64_t> gap;   // the longest between two
  };
  Turns GiveTurns(const std::vector<task_struct*>& of_kernel,
                  const std::vector<task_struct*>& of_policy, uint64_t time) {
    Turns turns;
    for (task_struct* p : of_policy) EnqueueWithRecord(*p);
    for (task_struct* p : of_kernel) {
      if (p->dsq == nullptr) EnqueueForKernel(*p);
      turns.last[p] = kernel->now();
    }
    for (const uint64_t end = kernel->now() + time; kernel->now() < end;) {
      task_struct* const p = NextOn(0);
      if (p == nullptr) {
        ADD_FAILURE() << "an idle CPU beside tasks that wait";
        break;
      }
      turns.gap[p] = std::max(turns.gap[p], kernel->now() - turns.last[p]);
      RanFor(*p, slice());
      turns.ran[p] += slice();
      turns.last[p] = kernel->now();
      if (std::find(of_kernel.begin(), of_kernel.end(), p) == of_kernel.end()) {
        EnqueueWithRecord(*p);
      } else {
        EnqueueForKernel(*p);
      }
    }
    for (task_struct* p : of_kernel) {
      turns.gap[p] = std::max(turns.gap[p], kernel->now() - turns.last[p]);
    }
    return turns;
  }

  std::vector<task_struct*> Several(int n, uint32_t weight) {
    std::vector<task_struct*> tasks;
    for (int i = 0; i < n; ++i) tasks.push_back(&New(~0ull, 0, weight));
    return tasks;
  }

  // Per cent of CPU 0 that the kernel's tasks have beside the policy's.
  double ShareOfKernel(int kernels, uint32_t weight, int policys, uint32_t policy_weight) {
    StartWith(1);
    const std::vector<task_struct*> of_kernel = Several(kernels, weight);
    constexpr uint64_t kTime = 3000 * kMs;
    Turns turns = GiveTurns(of_kernel, Several(policys, policy_weight), kTime);
    uint64_t ran = 0;
    for (task_struct* p : of_kernel) ran += turns.ran[p];
    return 100. * static_cast<double>(ran) / kTime;
  }

 private:
  int next_pid_ = 10;
};

// ---- where a task waits ----

TEST_F(Queue, ATaskThatMayRunAnywhereWaitsInTheMachines) {
  task_struct& p = InQueue();
  EXPECT_EQ(kernel->DsqOf(p), KERNEL_DSQ);
  EXPECT_EQ(NextOn(3), &p);
}

TEST_F(Queue, APinnedTaskWaitsWhereNoOtherCpuLooks) {
  task_struct& p = InQueue(0b0010, 1);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(1));
  EXPECT_FALSE(queue_busy(&global().kernel)) << "others would scan it";
  for (uint32_t other : {0, 2, 3}) {
    EXPECT_FALSE(queue_busy(&kernel->cpu(other).kernel));
    EXPECT_EQ(NextOn(other), nullptr);
  }
  EXPECT_EQ(NextOn(1), &p);
}

TEST_F(Queue, SoDoesOneThatMayNotMigrateJustNow) {
  task_struct& p = New(~0ull, 2);
  p.migration_disabled = 1;
  EnqueueForKernel(p);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(2));
}

TEST_F(Queue, APinnedTasksIdleCpuIsKicked) {
  global().idle_mask[0] = 0b1110;
  InQueue(0b0100, 2);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 2, SCX_KICK_IDLE}));
}

TEST_F(Queue, SoDoesOneWhoseOtherCpusAreOffline) {
  Start(TestConfigOnline(0b011, 4));
  task_struct& p = InQueue(0b1101, 0);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(0));
  EXPECT_EQ(kernel->DsqOf(InQueue()), KERNEL_DSQ);
  EXPECT_EQ(kernel->DsqOf(InQueue(0b0111)), KERNEL_DSQ) << "all that are online";
}

TEST_F(Queue, ATaskWithoutASlotGoesToAnIdleCpuThatItMayUse) {
  Start(TestConfig(4, 1));
  New();  // has the only slot
  kernel->global().idle_mask[0] = 0b1001;
  task_struct& p = InQueue(0b1110, 1);
  ASSERT_LT(p.slot, 0);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(3));
}

TEST_F(Queue, OrToTheShortestQueue) {
  Start(TestConfig(4, 1));
  New();
  InQueue(0b0010, 1);
  InQueue(0b1000, 3);
  EXPECT_EQ(kernel->DsqOf(InQueue(0b1110, 1)), QueueOfCpu(2));
  EXPECT_EQ(kernel->DsqOf(InQueue(0b0110, 1)), QueueOfCpu(1)) << "no longer than the other";
}

TEST_F(Queue, ATaskWithSomeCpusGoesToAnIdleOneOfThem) {
  global().idle_mask[0] = 0b1001;
  task_struct& p = InQueue(0b1110, 1);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(3));
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 3, SCX_KICK_IDLE}));
  EXPECT_EQ(NextOn(3), &p);
}

TEST_F(Queue, AndLeavesOneForAHigherClass) {
  kernel->StartHigherClass(1);
  EXPECT_EQ(kernel->DsqOf(InQueue(0b0110, 1)), QueueOfCpu(2));
}

TEST_F(Queue, OrToTheShorterQueueOfTwo) {
  InQueue(0b0010, 1);
  EXPECT_EQ(kernel->DsqOf(InQueue(0b0110, 1)), QueueOfCpu(2));
  InQueue(0b0100, 2);
  EXPECT_EQ(kernel->DsqOf(InQueue(0b0110, 1)), QueueOfCpu(1));
}

TEST_F(Queue, ItsCpuIsChosenAnewEachTime) {
  global().idle_mask[0] = 0b1000;
  task_struct& p = InQueue(0b1110, 1);
  ASSERT_EQ(NextOn(3), &p);
  global().idle_mask[0] = 0b0010;
  RanFor(p, kMs);
  EnqueueForKernel(p, 3);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(1));
}

// ---- keys ----

TEST_F(Queue, ADebtMovesWithTheTaskToAnotherQueue) {
  task_struct& p = InQueue();
  ASSERT_EQ(NextOn(1), &p);
  global().kernel.clock += 100 * kMs;
  kernel->cpu(1).kernel.clock = 5 * kMs;
  kernel->SetAllowed(p, 0b0010);
  RanFor(p, 2 * kMs);
  p.account.vtime = global().kernel.clock;
  EnqueueForKernel(p, 1);
  ASSERT_EQ(kernel->DsqOf(p), QueueOfCpu(1));
  EXPECT_EQ(p.scx.dsq_vtime, 7 * kMs) << "this queue's clock, and what it ran from the other";
}

TEST_F(Queue, NoKeyIsFurtherAheadThanTheClockGoesInKernelWait) {
  task_struct& p = InQueue(~0ull, 0, /*weight=*/1);
  ASSERT_EQ(NextOn(0), &p);
  RanFor(p, slice());
  InQueue();
  global().kernel.load = 1000 * WEIGHT_UNIT;  // heavy tasks do this to it
  EnqueueForKernel(p);
  EXPECT_LE(p.scx.dsq_vtime - global().kernel.clock, 4 * KERNEL_WAIT / 1000) << "on four CPUs";
}

TEST_F(Queue, ARunUnderThePolicyCostsNoMoreThanOneFromTheQueue) {
  task_struct& p = InQueue();
  ASSERT_EQ(NextOn(0), &p);
  p.se.sum_exec_runtime += 100 * slice();
  EnqueueForKernel(p);
  EXPECT_LE(p.scx.dsq_vtime, global().kernel.clock + KERNEL_RUN * slice());
}

TEST_F(Queue, WeightsSayHowOftenATaskRuns) {
  StartWith(1);
  task_struct& light = New(~0ull, 0, 50);
  task_struct& heavy = New(~0ull, 0, 200);
  Turns turns = GiveTurns({&light, &heavy}, {}, 3000 * kMs);
  EXPECT_NEAR(static_cast<double>(turns.ran[&heavy]) / turns.ran[&light], 4, 0.5);
}

TEST_F(Queue, ALightTaskHasATurnInKernelWaitBesideVeryHeavyOnes) {
  StartWith(1);
  std::vector<task_struct*> tasks = Several(5, 10'000);
  tasks.push_back(&New(~0ull, 0, 1));
  Turns turns = GiveTurns(tasks, {}, 5000 * kMs);
  EXPECT_LE(turns.gap[tasks.back()], kWait);
}

// Its own key ran far ahead, at a pace that the others do not keep.
TEST_F(Queue, AlsoIfItWasAloneBefore) {
  StartWith(1);
  std::vector<task_struct*> tasks = {&New(~0ull, 0, 1)};
  GiveTurns(tasks, {}, 1000 * kMs);
  const std::vector<task_struct*> heavy = Several(2, 10'000);
  tasks.insert(tasks.end(), heavy.begin(), heavy.end());
  Turns turns = GiveTurns(tasks, {}, 5000 * kMs);
  EXPECT_LE(turns.gap[tasks.front()], kWait);
}

// In the clock's time, of which a heavy task gets much for little.
TEST_F(Queue, AStreamOfTasksThatHaveSleptPassesNobodyForEver) {
  StartWith(1);
  task_struct& waits = InQueue();
  ASSERT_EQ(NextOn(0), &waits);
  RanFor(waits, slice());
  EnqueueForKernel(waits);
  task_struct& sleeper = New(~0ull, 0);
  const uint64_t began = kernel->now();
  for (task_struct* next = nullptr; next != &waits;) {
    ASSERT_LE(kernel->now() - began, kWait);
    sleeper.account.vtime = 1;
    EnqueueForKernel(sleeper);
    next = NextOn(0);
    kernel->Advance(slice());
  }
}

TEST_F(Queue, SleepingEarnsAtMostWhatASliceCostsTheTask) {
  for (const uint32_t weight : {50u, 10'000u}) {
    task_struct& p = New(~0ull, 0, weight);
    p.account.vtime = 1;
    global().kernel.clock = 1000 * kMs;
    EnqueueForKernel(p);
    EXPECT_EQ(p.scx.dsq_vtime, 1000 * kMs - slice() * 100 / weight);
  }
}

// Its key is 0 or almost.
TEST_F(Queue, TheFirstTaskOfAllPaysToo) {
  task_struct& p = InQueue();
  ASSERT_EQ(NextOn(0), &p);
  RanFor(p, slice());
  EnqueueForKernel(p);
  EXPECT_GE(p.scx.dsq_vtime, slice());
}

// ---- beside the policy's tasks ----

TEST_F(Queue, ItsShareIsByNumber) {
  EXPECT_NEAR(ShareOfKernel(1, 100, 1, 100), 50, 4);
  EXPECT_NEAR(ShareOfKernel(1, 100, 3, 100), 25, 4);
  EXPECT_NEAR(ShareOfKernel(3, 100, 1, 100), 75, 4);
}

TEST_F(Queue, AndByWeight) {
  EXPECT_NEAR(ShareOfKernel(1, 300, 1, 100), 75, 4);
  EXPECT_NEAR(ShareOfKernel(1, 100, 1, 300), 25, 4);
  EXPECT_NEAR(ShareOfKernel(2, 50, 1, 400), 20, 4);
}

TEST_F(Queue, AllOfItHasATurnInKernelWaitBesideEndlessRecordsOfHeavyTasks) {
  StartWith(1);
  const std::vector<task_struct*> tasks = Several(20, 1);
  Turns turns = GiveTurns(tasks, Several(4, 10'000), 3000 * kMs);
  for (task_struct* p : tasks) EXPECT_LE(turns.gap[p], kWait);
}

// A CPU's own queue and the machine's, of which one is always longer.
TEST_F(Queue, SoDoesEachOfTheTwoQueuesOfACpu) {
  StartWith(2);
  std::vector<task_struct*> tasks = Several(15, 1);
  for (int i = 0; i < 2; ++i) tasks.push_back(&New(0b01, 0, 1));
  Turns turns = GiveTurns(tasks, Several(4, 10'000), 3000 * kMs);
  ASSERT_EQ(kernel->DsqOf(*tasks.back()), QueueOfCpu(0));
  for (task_struct* p : tasks) EXPECT_LE(turns.gap[p], kWait);
}

// Another CPU has read the clock a moment later.
TEST_F(Queue, AQueueServedByAnotherCpuJustNowDoesNotWait) {
  InQueue();
  global().kernel.served = kernel->now() + 1;
  OnCpu here(*kernel, 0);
  EXPECT_EQ(kernel_turn(0, kernel->now(), PREV_NONE, 0), TURN_OF_POLICY);
}

// ---- emptiness ----

// The kernel inserts when ops.enqueue has returned: the task may not be there yet.
TEST_F(Queue, IsNotEmptyWhileAnInsertIsOnItsWay) {
  OnCpu here(*kernel, 0);
  task_struct& p = New();
  queue_note_insert(&global().kernel, p.scx.weight, kernel->now());
  EXPECT_EQ(NextOn(0), nullptr);
  EXPECT_TRUE(queue_busy(&global().kernel));
  kernel->Advance(INSERT_LANDS);
  EXPECT_EQ(NextOn(0), nullptr);
  EXPECT_TRUE(queue_busy(&global().kernel));
  kernel->Advance(1);
  EXPECT_EQ(NextOn(0), nullptr);
  EXPECT_FALSE(queue_busy(&global().kernel)) << "so that no CPU looks at it for nothing";
}

TEST_F(Queue, IsNotEmptyAfterItsLastTaskIfAnotherIsOnItsWay) {
  task_struct& p = InQueue();
  ASSERT_EQ(NextOn(0), &p);
  kernel->Advance(2 * INSERT_LANDS);
  ASSERT_EQ(NextOn(0), nullptr);
  ASSERT_FALSE(queue_busy(&global().kernel));
  task_struct& q = InQueue();
  EXPECT_TRUE(queue_busy(&global().kernel));
  EXPECT_EQ(NextOn(0), &q);
}

// ... at once: while it counts as busy, no task is dispatched directly.
TEST_F(Queue, IsEmptyAsSoonAsItsLastTaskIsTaken) {
  task_struct& p = InQueue();
  task_struct& q = InQueue();
  ASSERT_EQ(NextOn(0), &p);
  EXPECT_TRUE(queue_busy(&global().kernel));
  ASSERT_EQ(NextOn(1), &q);
  EXPECT_FALSE(queue_busy(&global().kernel));
}

TEST_F(Queue, AnInsertThatLandsVeryLateIsFound) {
  for (const uint64_t allowed : {~0ull, 0b0100ull}) {
    StartWith(4);
    task_struct& p = InQueue(allowed, 2);
    scxx_queue& queue = allowed == 0b0100 ? kernel->cpu(2).kernel : global().kernel;
    queue.out = queue.in;
    ASSERT_EQ(NextOn(2), nullptr);
    for (int i = 0; i < 4; ++i) TimerOn(0);
    EXPECT_TRUE(queue_busy(&queue));
    EXPECT_EQ(NextOn(2), &p);
  }
}

TEST_F(Queue, ACpuThatGoesIdleBesideItLooksAgain) {
  InQueue(0b0010, 1);
  OnCpu here(*kernel, 1);
  kernel->TakeKicks();
  on_update_idle(1, true);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{1, 1, SCX_KICK_IDLE}));
  on_update_idle(0, true);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty()) << "which cannot take it";
}

}  // namespace
}  // namespace scxx
