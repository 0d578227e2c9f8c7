// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::Contains;
using testing::ElementsAre;
using SentKick = TestKernel::SentKick;

class Fallback : public DispatcherTest {
 protected:
  scxx_global& global() { return kernel->global(); }

  uint64_t Timer(uint32_t cpu = 0) {
    OnCpu here(*kernel, cpu);
    return timer_run();
  }

  // Lets time pass with the timer running as it does while tasks wait, and nothing else.
  void TimePasses(uint64_t ns) {
    for (const uint64_t end = kernel->now() + ns; kernel->now() < end;) {
      kernel->Advance(kernel->config().timer_busy);
      Timer();
    }
  }

  // A task that wakes, is seen by a parked agent, and waits.
  task_struct& WaitingTask(int pid) {
    task_struct& p = kernel->Spawn({.pid = pid});
    kernel->Wake(p, 0);
    return p;
  }

  // The agent stops in the middle of its work: it sleeps, and nobody parks.
  void StopAgent() {
    ASSERT_GE(AgentCpu(), 0);
    kernel->Block(AgentCpu());
    ASSERT_TRUE(kernel->Settle());
  }

  void Dispatch(uint32_t cpu) {
    OnCpu here(*kernel, cpu);
    kernel->CallDispatch([&] { on_dispatch(static_cast<int>(cpu), nullptr); });
  }
};

// ---- the lease ----

TEST_F(Fallback, NothingWaitsSoNobodyIsLate) {
  ParkAgent();
  TimePasses(10 * kernel->config().fallback_after);
  EXPECT_FALSE(global().fallback);
}

TEST_F(Fallback, AStoppedAgentLosesTheLease) {
  ParkAgent();
  WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  StopAgent();
  TimePasses(kernel->config().fallback_after - kMs);
  EXPECT_FALSE(global().fallback);
  TimePasses(2 * kMs);
  EXPECT_TRUE(global().fallback);
  EXPECT_EQ(kernel->Count(SCXX_CNT_FALLBACKS), 1u);
}

TEST_F(Fallback, ALoopingAgentLosesTheLease) {
  ParkAgent();
  WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  for (int ms = 0; ms <= 21; ++ms) {  // its slices end and it goes on, without ever parking
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
  }
  EXPECT_TRUE(global().fallback);
}

TEST_F(Fallback, AnAgentThatParksKeepsTheLease) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  for (int ms = 0; ms < 100; ++ms) {
    kernel->agent().pending = 1;  // always something to look at
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
    if (AgentCpu() >= 0) AgentYields();
  }
  EXPECT_FALSE(global().fallback);
  EXPECT_TRUE(kernel->InCustody(p)) << "the policy may hold it";
}

// The host stopped the whole machine: the clock has jumped, but the agent had no chance.
TEST_F(Fallback, AClockThatJumpsConvictsNobody) {
  ParkAgent();
  WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  kernel->Advance(1000 * kernel->config().fallback_after);
  for (int i = 1; i < LATE_RUNS; ++i) Timer();
  EXPECT_FALSE(global().fallback);
  AgentYields();  // it was only waiting for its CPU
  Timer();
  EXPECT_FALSE(global().fallback);
  EXPECT_EQ(global().late_runs, 0u);
}

TEST_F(Fallback, ItTakesAllLateRuns) {
  ParkAgent();
  WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  kernel->Advance(1000 * kernel->config().fallback_after);
  for (int i = 0; i < LATE_RUNS; ++i) Timer();
  EXPECT_TRUE(global().fallback);
}

TEST_F(Fallback, AParkedAgentThatNoCpuFetchesIsUrged) {
  ParkAgent();
  task_struct& hog = WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  Place(0, RecordFor(hog));
  AgentYields();
  ASSERT_EQ(kernel->curr(0), &hog);
  kernel->agent().pending = 1;
  global().pending_since = kernel->now();
  WaitingTask(11);
  kernel->TakeKicks();
  kernel->Advance(kernel->config().fallback_after / 2);
  Timer();
  EXPECT_NE(kernel->cpu(0).want_agent, 0u);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 0, SCX_KICK_PREEMPT}));
}

// ---- taking tasks back ----

TEST_F(Fallback, TakesBackWhatUserSpaceHolds) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  task_struct& q = WaitingTask(11);
  global().fallback = 1;
  Dispatch(0);
  EXPECT_EQ(StateOf(p), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(StateOf(q), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(kernel->Count(SCXX_CNT_RECLAIMED), 2u);
  CheckBalance();
}

// The policy may hold it, and no event says that it has it no longer.
TEST_F(Fallback, TheAgentIsToldWhatAWalkHasTaken) {
  ParkAgent();
  WaitingTask(10);
  kernel->agent().pending = 0;  // it has seen that
  {
    OnCpu here(*kernel, 0);
    kernel->CallDispatch([] { reclaim_walk(kx_now(), kx_now()); });
    EXPECT_EQ(global().epoch, 0u) << "nothing was taken";
    EXPECT_FALSE(kernel->agent().pending);
    kernel->CallDispatch([] { reclaim_walk(kx_now(), 0); });
  }
  EXPECT_EQ(global().epoch, 1u);
  EXPECT_TRUE(kernel->agent().pending) << "and is run for it";
}

TEST_F(Fallback, TheAgentIsToldOfAHeldTaskThatIsEnqueuedDuringAFallback) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  global().fallback = 1;
  kernel->SetWeight(p, 200);
  EXPECT_EQ(StateOf(p), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(global().epoch, 1u);
}

TEST_F(Fallback, ARecordForATaskTakenBackIsStale) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  Place(0, RecordFor(p));
  {
    OnCpu here(*kernel, 0);
    kernel->CallDispatch([] { reclaim_walk(kx_now(), 0); });
  }
  kernel->cpu(0).last_dispatch = kernel->now();  // the record's turn
  Dispatch(0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_STALE), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DISPATCHED), 0u);
}

TEST_F(Fallback, AWalkLeavesRunningAndSleepingTasksAlone) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  kernel->Spawn({.pid = 11});
  Place(0, RecordFor(p));
  Dispatch(0);
  OnCpu here(*kernel, 1);
  kernel->CallDispatch([] { EXPECT_EQ(reclaim_walk(kx_now(), 0), 0); });
}

TEST_F(Fallback, AWalkTakesNoMoreThanTheBufferHolds) {
  Start(TestConfig(2, 256));
  ParkAgent();
  kernel->global().parked = 0;  // nobody wakes the agent: let them pile up
  for (int i = 0; i < 60; ++i) WaitingTask(100 + i);
  global().fallback = 1;
  Dispatch(0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_RECLAIMED), uint64_t{WALK_TASKS});
  EXPECT_EQ(kernel->errors(), std::vector<std::string>());
}

TEST_F(Fallback, WalksOfAllCpusTogetherSeeEverySlot) {
  Start(TestConfig(2, 1000));
  for (int i = 0; i < 900; ++i) kernel->Spawn({.pid = 100 + i});
  global().parked = 0;
  task_struct& last = WaitingTask(5000);
  global().fallback = 1;
  for (int i = 0; i < 8 && StateOf(last) == SCXX_CUSTODY_USER; ++i) Dispatch(i % 2);
  EXPECT_EQ(StateOf(last), uint32_t{SCXX_CUSTODY_KERNEL});
}

// The whole story: everybody is idle, one task waits, its slot is far from where walks begin.
TEST_F(Fallback, IdleCpusDoNotStopTheWalk) {
  Start(TestConfig(2, 2304));
  ParkAgent();
  for (int i = 0; i < 2000; ++i) kernel->Spawn({.pid = 100 + i});
  task_struct& last = WaitingTask(9000);
  ASSERT_TRUE(kernel->Settle());
  StopAgent();
  for (int ms = 0; ms < 200 && kernel->curr(0) != &last && kernel->curr(1) != &last; ++ms) {
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
  }
  EXPECT_TRUE(kernel->curr(0) == &last || kernel->curr(1) == &last);
}

TEST_F(Fallback, EndsWhenTheAgentParksAgain) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  StopAgent();
  for (int ms = 0; ms < 30; ++ms) {
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
  }
  ASSERT_TRUE(global().fallback);
  EXPECT_TRUE(kernel->curr(0) == &p || kernel->curr(1) == &p);
  kernel->Wake(*agent, 0);
  ASSERT_TRUE(kernel->Settle());
  AgentYields();
  EXPECT_FALSE(global().fallback);
  task_struct& q = WaitingTask(11);
  EXPECT_EQ(StateOf(q), uint32_t{SCXX_CUSTODY_USER});
}

TEST_F(Fallback, ALoopingAgentSharesTheCpuMeanwhile) {
  Start(TestConfig(1));
  ParkAgent();
  task_struct& p = WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  uint64_t ran = 0;
  for (int ms = 0; ms < 200; ++ms) {
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
    ran += kernel->curr(0) == &p;
  }
  EXPECT_TRUE(global().fallback);
  EXPECT_GT(ran, 60u);
  EXPECT_LT(ran, 130u);
}

// It is enqueued in the kernel DSQ for the first time, after seconds of work for the policy.
TEST_F(Fallback, WhatTheAgentRanBeforeIsNotHeldAgainstIt) {
  ParkAgent();
  WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  ASSERT_GE(AgentCpu(), 0);
  agent->se.sum_exec_runtime += 10'000 * kMs;
  global().fallback = 1;
  {
    OnCpu here(*kernel, AgentCpu());
    kernel->Dequeue(*agent);
    kernel->CallEnqueue(*agent, 0);
  }
  ASSERT_EQ(kernel->DsqOf(*agent), KERNEL_DSQ);
  EXPECT_LE(agent->scx.dsq_vtime, KERNEL_RUN * kernel->config().fallback_slice);
}

TEST_F(Fallback, PreemptsWhatThePolicyChoseToRunLong) {
  ParkAgent();
  OnCpu here(*kernel, 0);
  global().idle_mask[0] = 0b10;
  kernel->TakeKicks();
  fallback_begin(&global());
  EXPECT_THAT(kernel->TakeKicks(),
              ElementsAre(SentKick{0, 0, SCX_KICK_PREEMPT}, SentKick{0, 1, SCX_KICK_IDLE}));
}

// The kernel ejects who kicks a CPU that cannot be.
TEST_F(Fallback, KicksNoCpuThatIsNotThere) {
  Start(TestConfigOnline(0b101, 3));
  OnCpu here(*kernel, 0);
  fallback_begin(&global());
  EXPECT_THAT(kernel->TakeKicks(),
              ElementsAre(SentKick{0, 0, SCX_KICK_PREEMPT}, SentKick{0, 2, SCX_KICK_PREEMPT}));
}

// Fallbacks so short that each task runs once and comes back when the agent is well again.
TEST_F(Fallback, WhoIsTakenBackTimeAndAgainPaysByWeight) {
  ParkAgent();
  task_struct& light = WaitingTask(10);
  task_struct& heavy = WaitingTask(11);
  light.scx.weight = 10;
  heavy.scx.weight = 1000;
  OnCpu here(*kernel, 0);
  for (int i = 0; i < 8; ++i) {
    for (task_struct* p : {&light, &heavy}) {
      if (i == 0) break;
      kernel->Dequeue(*p);
      p->se.sum_exec_runtime += kMs;
      kernel->CallEnqueue(*p, 0);
    }
    kernel->CallDispatch([] { reclaim_walk(kx_now(), 0); });
  }
  EXPECT_THAT(kernel->Contents(KERNEL_DSQ), ElementsAre(&heavy, &light));
}

// New tasks, of which most find no slot and none comes back, and one that has run for long.
TEST_F(Fallback, AStreamOfNewTasksPassesNobodyForEver) {
  ParkAgent();
  task_struct& paid = kernel->Spawn({.pid = 10});
  EnqueueForKernel(paid);
  ASSERT_EQ(NextOn(0), &paid);
  RanFor(paid, 12 * kMs);
  EnqueueForKernel(paid);
  int passed = 0;
  for (task_struct* next = nullptr; next != &paid; ++passed) {
    EnqueueForKernel(kernel->Spawn({.pid = 100 + passed}));
    next = NextOn(0);
    kernel->Advance(kMs);
    ASSERT_LT(passed, 50);
  }
}

// The kernel inserts after ops.enqueue, so a CPU that goes idle in between misses the task.
TEST_F(Fallback, AKernelTaskThatAnIdleCpuMissedIsFoundByTheTimer) {
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10});
  global().fallback = 1;
  {
    OnCpu here(*kernel, 0);
    kernel->CallEnqueue(p, 0);
  }
  kernel->TakeKicks();
  Timer();
  ASSERT_TRUE(kernel->Settle());
  EXPECT_TRUE(kernel->curr(0) == &p || kernel->curr(1) == &p);
}

// ---- hold_max ----

TEST_F(Fallback, ATaskThatThePolicyForgetsIsTakenBack) {
  ParkAgent();
  task_struct& p = WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  AgentYields();
  for (int ms = 0; ms < 1100 && kernel->InCustody(p); ++ms) {
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
  }
  EXPECT_FALSE(kernel->InCustody(p));
  EXPECT_FALSE(global().fallback) << "the agent is in good health";
  EXPECT_EQ(kernel->Count(SCXX_CNT_RECLAIMED), 1u);
  EXPECT_EQ(global().epoch, 1u) << "and the policy hears of it";
  kernel->Run(kMs);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_GE(AgentCpu(), 0) << "at once, since a CPU is free";
}

TEST_F(Fallback, AForgottenTaskIsTakenBackWhereverItsSlotIs) {
  Start(TestConfig(2, 2304));
  ParkAgent();
  for (int i = 0; i < 2000; ++i) kernel->Spawn({.pid = 100 + i});
  task_struct& p = WaitingTask(9000);
  ASSERT_TRUE(kernel->Settle());
  AgentYields();
  for (int ms = 0; ms < 1300 && kernel->InCustody(p); ++ms) {
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
    if (AgentCpu() >= 0) AgentYields();
  }
  EXPECT_FALSE(kernel->InCustody(p));
}

// Where all CPUs are busy, each walks once a slice.
TEST_F(Fallback, TheFirstWalkFindsIt) {
  Start(TestConfig(1, 2304));
  ParkAgent();
  for (int i = 0; i < 2000; ++i) kernel->Spawn({.pid = 100 + i});
  task_struct& p = WaitingTask(9000);
  kernel->Advance(kernel->config().hold_max + 1);
  for (int i = 0; i < 2304 / TIMER_SLOTS + 1 && !global().overdue; ++i) Timer();
  ASSERT_NE(global().overdue, 0u);
  Dispatch(0);
  EXPECT_FALSE(kernel->InCustody(p));
}

TEST_F(Fallback, AnIdleCpuHearsOfATaskThatAnotherTookBackForIt) {
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10, .cpu = 1, .allowed = 0b10});
  kernel->Wake(p, 0);
  kernel->Advance(kernel->config().hold_max + 1);
  Timer();
  kernel->TakeKicks();
  Dispatch(0);
  ASSERT_FALSE(kernel->InCustody(p));
  EXPECT_THAT(kernel->TakeKicks(), Contains(SentKick{0, 1, SCX_KICK_IDLE}));
}

TEST_F(Fallback, TasksHeldForLessStayWithThePolicy) {
  ParkAgent();
  task_struct& old = WaitingTask(10);
  kernel->Advance(kernel->config().hold_max);
  task_struct& young = WaitingTask(11);
  kernel->Advance(1);
  Timer();
  EXPECT_NE(global().overdue, 0u);
  Dispatch(0);
  EXPECT_EQ(StateOf(old), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(StateOf(young), uint32_t{SCXX_CUSTODY_USER});
}

// ---- the rest of the timer ----

TEST_F(Fallback, TheTimerIsSlowWhileNothingHappens) {
  ParkAgent();
  Timer();
  EXPECT_EQ(Timer(), kernel->config().timer_idle);
  WaitingTask(10);
  EXPECT_EQ(Timer(), kernel->config().timer_busy);
}

TEST_F(Fallback, ASignalRunsAParkedAgent) {
  ParkAgent();
  kernel->state().SetSignalPending(true);
  Timer();
  EXPECT_EQ(global().must_run, scxx_u64{AGENT_ASKED});
  ASSERT_TRUE(kernel->Settle());
  EXPECT_GE(AgentCpu(), 0);
}

TEST_F(Fallback, AnAgentParkedForLongIsRun) {
  ParkAgent();
  kernel->Advance(kernel->config().keep_alive - 1);
  Timer();
  EXPECT_FALSE(global().must_run);
  kernel->Advance(1);
  Timer();
  ASSERT_TRUE(kernel->Settle());
  EXPECT_GE(AgentCpu(), 0);
}

TEST_F(Fallback, AWakeupThatCameTooSoonPreemptsLater) {
  scxx_config config = TestConfig(1);
  config.wakeup_preempt = 1;
  Start(config);
  ParkAgent();
  task_struct& hog = WaitingTask(10);
  ASSERT_TRUE(kernel->Settle());
  Place(0, RecordFor(hog));
  AgentYields();
  ASSERT_EQ(kernel->curr(0), &hog);
  WaitingTask(11);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(kernel->curr(0), &hog);
  kernel->Run(kMs);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(AgentCpu(), 0);
}

}  // namespace
}  // namespace scxx
