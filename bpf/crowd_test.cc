// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::Contains;
using testing::Not;
using SentKick = TestKernel::SentKick;

class Crowd : public DispatcherTest {
 protected:
  Crowd() : DispatcherTest(TestConfig(2, 8192)) {
    kernel->Advance(1000 * kMs);
    kernel->global().parked = kernel->now();
  }

  // So many tasks that the kernel schedules wait for CPU 0, and may use no other.
  void Gather(int n) {
    for (int i = 0; i < n; ++i) {
      EnqueueForKernel(kernel->Spawn({.pid = next_pid_++, .allowed = 0b01}));
    }
    kernel->TakeKicks();
  }
  uint64_t SliceOf(uint64_t wanted) {
    OnCpu here(*kernel, 0);
    return crowd_slice(crowd_limit_on(0), wanted);
  }

 private:
  int next_pid_ = 10;
};

TEST_F(Crowd, TurnsGetShorterWhenManyWait) {
  Gather(100);
  EXPECT_EQ(SliceOf(100 * kMs), 100 * kMs) << "not many";
  Gather(100);
  EXPECT_EQ(SliceOf(100 * kMs), CROWD_ROUND / 200u);
  EXPECT_EQ(SliceOf(kMs), kMs) << "they are never longer";
  Gather(1000);
  EXPECT_EQ(SliceOf(100 * kMs), CROWD_ROUND / 1200u);
}

TEST_F(Crowd, ButNotSoShortThatAllTimeGoesIntoSwitching) {
  Gather(5000);
  EXPECT_EQ(SliceOf(100 * kMs), uint64_t{CROWD_SLICE});
}

TEST_F(Crowd, ATaskOfAQueueGetsAShortSlice) {
  Gather(600);
  EnqueueForKernel(kernel->Spawn({.pid = 9, .allowed = 0b01}));
  task_struct* const p = NextOn(0);
  ASSERT_NE(p, nullptr);
  EXPECT_NEAR(kernel->cpu(0).run_limit, CROWD_ROUND / 600, kMs / 100.);
  task_struct* last = kernel->Contents(QueueOfCpu(0)).back();
  EXPECT_EQ(last->scx.slice, CROWD_ROUND / 601u);
}

TEST_F(Crowd, SoDoesOneWithARecordAndAShorterOneIsEndedOnTimeToo) {
  Gather(600);
  for (const uint64_t wanted : {20 * kMs, kMs / 2}) {
    task_struct& p = kernel->Spawn({.pid = 8});
    EnqueueOn(0, p);
    scxx_record record = RecordFor(p);
    record.slice = wanted;
    Place(0, record);
    kernel->cpu(0).last_dispatch = kernel->now();
    kernel->agent().pending = 0;
    kernel->agent().nr_queued = 600;
    ASSERT_EQ(NextOn(0), &p);
    const uint64_t turn = std::min<uint64_t>(wanted, CROWD_ROUND / (600 + 600 / 2));
    EXPECT_EQ(kernel->cpu(0).run_limit, turn);
    EXPECT_EQ(p.scx.slice, turn);
    kernel->Dequeue(p);
  }
}

// Of tasks that the policy held for too long some are in the kernel's queues, and it holds few.
TEST_F(Crowd, SoDoesOneOfAPolicyThatHoldsLittleOfIt) {
  Gather(600);
  task_struct& p = kernel->Spawn({.pid = 8});
  EnqueueOn(0, p);
  Place(0, RecordFor(p));
  kernel->agent().pending = 0;
  kernel->agent().nr_queued = 10;
  kernel->cpu(0).ran_kernel = 1;  // it is the policy's turn
  ASSERT_EQ(NextOn(0), &p);
  EXPECT_EQ(p.scx.slice, CROWD_ROUND / (600u + 10 / 2));
}

// Where it goes on for the sake of an idle CPU, the crowd of another is in that one's ring.
TEST_F(Crowd, SoDoesOneWhoseCrowdWaitsInTheRing) {
  for (int i = 0; i < 250; ++i) {
    task_struct& p = kernel->Spawn({.pid = 1000 + i, .allowed = 0b01});
    EnqueueOn(0, p);
    kernel->agent().event_head[0] = kernel->cpu(0).event_tail;
    Place(0, RecordFor(p));
  }
  kernel->agent().pending = 0;
  kernel->agent().nr_queued = 10;
  task_struct* const p = NextOn(0);
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(p->scx.slice, CROWD_ROUND / (249u + 10));
}

// What is held may all be tasks that may use no other CPUs than this one.
TEST_F(Crowd, ATaskOfFewCpusTakesThoseThatAreHeldForTasksOfThem) {
  Start(TestConfig(8, 512));
  kernel->Advance(1000 * kMs);
  for (const uint64_t allowed : {0b1ull, 0b11ull, 0xffull}) {
    task_struct& p = kernel->Spawn({.pid = 100 + static_cast<int>(allowed), .allowed = allowed});
    EnqueueOn(0, p);
    Place(0, RecordFor(p));
    kernel->agent().event_head[0] = kernel->cpu(0).event_tail;
    kernel->agent().pending = 0;
    kernel->agent().nr_queued = 1600;
    ASSERT_EQ(NextOn(0), &p);
    EXPECT_EQ(kernel->cpu(0).run_limit, uint64_t{CROWD_ROUND} * std::popcount(allowed) / 1600);
    kernel->Dequeue(p);
  }
}

// The kernel ends slices at ticks only.
TEST_F(Crowd, TheTimerEndsAShortTurn) {
  Gather(600);
  ASSERT_NE(NextOn(0), nullptr);
  const uint32_t limit = kernel->cpu(0).run_limit;
  ASSERT_GT(limit, 0u);
  kernel->Advance(limit / 2);
  EXPECT_LE(TimerOn(1), limit);
  EXPECT_THAT(kernel->TakeKicks(), Not(Contains(SentKick{1, 0, SCX_KICK_PREEMPT})));
  kernel->Advance(limit / 2);
  TimerOn(1);
  EXPECT_THAT(kernel->TakeKicks(), Contains(SentKick{1, 0, SCX_KICK_PREEMPT}));
}

// As old as these are, all that wait behind them are: the policy had forgotten them.
TEST_F(Crowd, TurnsFromAnOldQueueAreShorterSoThatAllOfItIsServedInTime) {
  Gather(90);
  kernel->Advance(900 * kMs);
  ASSERT_NE(NextOn(0), nullptr);
  EXPECT_EQ(kernel->cpu(0).run_limit, (QUEUE_END - 900 * kMs) / 90);
  kernel->Advance(900 * kMs);
  ASSERT_NE(NextOn(0), nullptr);
  EXPECT_EQ(kernel->cpu(0).run_limit, QUEUE_HURRY / 89u) << "too late for all of them";
}

TEST_F(Crowd, AFewOldOnesHaveWholeTurns) {
  Gather(20);
  kernel->Advance(900 * kMs);
  ASSERT_NE(NextOn(0), nullptr);
  EXPECT_EQ(kernel->cpu(0).run_limit, 0u);
}

TEST_F(Crowd, AShortTurnOfSchedIdleEndsOnTimeWithoutACrowdToo) {
  Gather(1);
  task_struct& p = kernel->Spawn({.pid = 8});
  p.policy = SCHED_IDLE;
  EnqueueOn(0, p);
  scxx_record record = RecordFor(p);
  record.slice = 400'000;
  Place(0, record);
  kernel->agent().pending = 0;
  kernel->global().timer_at = kernel->now() + 4 * kMs;
  kernel->cpu(0).ran_kernel = RAN_OWN;  // it is the policy's turn
  ASSERT_EQ(NextOn(0), &p);
  EXPECT_EQ(kernel->timer_due(), kernel->now() + record.slice);
  kernel->TakeKicks();
  kernel->Advance(record.slice);
  TimerOn(1);
  EXPECT_THAT(kernel->TakeKicks(), Contains(SentKick{1, 0, SCX_KICK_PREEMPT}));
}

TEST_F(Crowd, TheTimerLeavesOtherTurnsAlone) {
  Gather(50);
  ASSERT_NE(NextOn(0), nullptr);
  kernel->Advance(kMs);
  TimerOn(1);
  EXPECT_THAT(kernel->TakeKicks(), Not(Contains(SentKick{1, 0, SCX_KICK_PREEMPT})));
}

TEST_F(Crowd, TheTimerRestsWhenTheLastShortTurnIsLongAgo) {
  Gather(2000);
  ASSERT_NE(NextOn(0), nullptr);
  OnCpu here(*kernel, 1);
  EXPECT_EQ(crowd_look(kernel->now()), CROWD_ROUND / 2000u);
  EXPECT_EQ(crowd_look(kernel->now() + CROWD_REST + 1), 0u);
}

// A thousand that never sleep, and a kernel that ticks every 4 ms.
TEST_F(Crowd, AllHaveATurnInARound) {
  Start(TestConfig(1, 2048));
  kernel->Advance(1000 * kMs);
  kernel->global().fallback = 1;
  Gather(1000);
  kernel->global().fallback = 1;
  uint64_t waited = 0;
  for (int i = 0; i < 1000; ++i) {
    task_struct* const p = NextOn(0);
    ASSERT_NE(p, nullptr);
    waited += kernel->cpu(0).run_limit;
    RanFor(*p, kernel->cpu(0).run_limit);
    EnqueueForKernel(*p);
    kernel->global().fallback = 1;
  }
  EXPECT_LE(waited, CROWD_ROUND * 1.1);
}

}  // namespace
}  // namespace scxx
