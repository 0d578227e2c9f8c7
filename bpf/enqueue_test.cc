// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using SentKick = TestKernel::SentKick;

class Enqueue : public DispatcherTest {
 protected:
  // CPU 0 runs the agent, and so its park; events pile up unread.
  Enqueue() { p = &kernel->Spawn({.pid = 10}); }
  explicit Enqueue(const scxx_config& config) : DispatcherTest(config) {
    p = &kernel->Spawn({.pid = 10});
  }

  void JustEnqueue(task_struct& task, uint64_t flags, uint32_t cpu = 0) {
    OnCpu here(*kernel, cpu);
    kernel->CallEnqueue(task, flags);
  }

  // p has been dispatched on `cpu` and has used `ran` of its slice.
  void RunFor(uint64_t ran, uint32_t cpu = 0) {
    JustEnqueue(*p, ENQ_WAKEUP, cpu);
    Place(cpu, RecordFor(*p));
    OnCpu here(*kernel, cpu);
    kernel->CallDispatch([&] { on_dispatch(static_cast<int>(cpu), nullptr); });
    ASSERT_EQ(kernel->PopLocal(cpu), p);
    p->se.sum_exec_runtime += ran;
    kernel->Advance(ran);
    TakeEvents();
  }

  uint32_t ReasonOfNext(uint64_t flags, uint32_t cpu = 0) {
    JustEnqueue(*p, flags, cpu);
    const std::vector<scxx_event> events = TakeEvents();
    return events.size() == 1 ? KindOf(events[0]) : 0;
  }

  task_struct* p;
};

// ---- custody ----

TEST_F(Enqueue, HandsTheTaskToUserSpaceWithAnEvent) {
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_TRUE(kernel->InCustody(*p));
  EXPECT_EQ(StateOf(*p), uint32_t{SCXX_CUSTODY_USER});
  const std::vector<scxx_event> events = TakeEvents();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(scxx::SlotOf(events[0]), static_cast<uint32_t>(p->slot));
  EXPECT_EQ(events[0].enq_cnt, EnqueueCount(*p));
  EXPECT_EQ(events[0].time, kernel->now());
  EXPECT_EQ(kernel->agent().pending, 1u);
  EXPECT_EQ(kernel->global().pending_since, kernel->now());
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 1u);
  CheckBalance();
}

TEST_F(Enqueue, FillsTheSlot) {
  p->se.sum_exec_runtime = 1234;
  p->scx.weight = 335;
  p->static_prio = 115;
  p->nvcsw = 6;
  p->cpu = 1;
  p->migration_disabled = 1;
  JustEnqueue(*p, ENQ_WAKEUP);
  const scxx_task& slot = SlotOf(*p);
  EXPECT_EQ(slot.enqueued_at, kernel->now());
  EXPECT_EQ(slot.sum_exec, 1234u);
  EXPECT_EQ(slot.exec_at_wake, 1234u);
  EXPECT_EQ(slot.weight, 335);
  EXPECT_EQ(slot.static_prio, 115);
  EXPECT_EQ(slot.nvcsw, 6u);
  EXPECT_EQ(slot.cpu, 1);
  EXPECT_EQ(slot.flags, uint32_t{SCXX_TASK_ALL_CPUS | SCXX_TASK_NO_MIGRATE});
}

TEST_F(Enqueue, RefreshesTheNameEverySixteenthTime) {
  snprintf(p->comm, sizeof(p->comm), "renamed");
  for (int i = 0; i < 16; ++i) {
    kernel->Dequeue(*p);
    JustEnqueue(*p, ENQ_WAKEUP);
  }
  EXPECT_STREQ(SlotOf(*p).comm, "renamed");
}

TEST_F(Enqueue, AnotherEnqueueEndsTheOldPeriodAsCancelled) {
  JustEnqueue(*p, ENQ_WAKEUP);
  const uint32_t count = EnqueueCount(*p);
  kernel->Dequeue(*p);
  JustEnqueue(*p, ENQ_RESTORE);
  EXPECT_EQ(EnqueueCount(*p), count + 1);
  EXPECT_EQ(kernel->Count(SCXX_CNT_CANCELLED), 1u);
  CheckBalance();
}

// ---- reasons ----

TEST_F(Enqueue, ReasonWakeup) { EXPECT_EQ(ReasonOfNext(ENQ_WAKEUP), SCXX_EVENT_WAKEUP); }

TEST_F(Enqueue, ReasonNewForATaskThatNeverRan) { EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_NEW); }

TEST_F(Enqueue, ReasonNewForATaskSeenForTheFirstTime) {
  p->se.sum_exec_runtime = 1000;
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_NEW);
}

TEST_F(Enqueue, ReasonSliceEnd) {
  RunFor(kernel->config().slice_default);
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_SLICE_END);
  EXPECT_EQ(SlotOf(*p).residual, 0u);
}

TEST_F(Enqueue, ReasonPreemptedWithTheRestOfTheSlice) {
  RunFor(1000);
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_PREEMPTED);
  EXPECT_EQ(SlotOf(*p).residual, kernel->config().slice_default - 1000);
}

TEST_F(Enqueue, ResidualIsForOnePeriodOnly) {
  RunFor(1000);
  ASSERT_EQ(ReasonOfNext(0), SCXX_EVENT_PREEMPTED);
  kernel->Dequeue(*p);
  ReasonOfNext(ENQ_RESTORE);
  EXPECT_EQ(SlotOf(*p).residual, 0u);
}

TEST_F(Enqueue, ReasonYield) {
  RunFor(1000);
  {
    OnCpu here(*kernel, 0);
    EXPECT_FALSE(on_yield(p));
  }
  EXPECT_EQ(p->scx.slice, 0u);
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_YIELD);
  EXPECT_EQ(kernel->cpu(0).yielded_pid, 0);
}

TEST_F(Enqueue, AYieldIsForgottenOnceReported) {
  RunFor(1000);
  {
    OnCpu here(*kernel, 0);
    on_yield(p);
  }
  ASSERT_EQ(ReasonOfNext(0), SCXX_EVENT_YIELD);
  kernel->Dequeue(*p);
  RunFor(kernel->config().slice_default);
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_SLICE_END);
}

TEST_F(Enqueue, ReasonRequeueWhileItWaits) {
  JustEnqueue(*p, ENQ_WAKEUP);
  TakeEvents();
  kernel->Dequeue(*p);
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_REQUEUE);
}

TEST_F(Enqueue, ReasonRequeueForAPropertyChange) {
  RunFor(1000);
  EXPECT_EQ(ReasonOfNext(ENQ_RESTORE), SCXX_EVENT_REQUEUE);
}

TEST_F(Enqueue, ReasonSliceEndAfterTheKernelScheduledIt) {
  RunFor(1000);
  SlotOf(*p).custody = custody_with_state(SlotOf(*p).custody, SCXX_CUSTODY_KERNEL);
  EXPECT_EQ(ReasonOfNext(0), SCXX_EVENT_SLICE_END);
}

// ---- who is scheduled in the kernel ----

TEST_F(Enqueue, KernelThreadsGoToTheirCpuAtOnce) {
  task_struct& kthread = kernel->Spawn({.pid = 2, .flags = PF_KTHREAD});
  task_struct& other = kernel->Spawn({.pid = 3, .flags = PF_KTHREAD});
  JustEnqueue(kthread, ENQ_WAKEUP);
  JustEnqueue(other, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL), ElementsAre(&other, &kthread));
  EXPECT_EQ(kernel->Count(SCXX_CNT_KTHREAD), 2u);
  EXPECT_THAT(TakeEvents(), IsEmpty());
}

TEST_F(Enqueue, TheAgentsOtherThreadsDoToo) {
  task_struct& thread = kernel->Spawn({.pid = 77, .tgid = kAgentPid});
  JustEnqueue(thread, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL), ElementsAre(&thread));
  EXPECT_EQ(kernel->Count(SCXX_CNT_KTHREAD), 1u);
}

TEST_F(Enqueue, ATaskWithoutASlotGoesToTheKernelDsq) {
  Start(TestConfig(2, /*max_tasks=*/1));
  task_struct& late = kernel->Spawn({.pid = 11});
  ASSERT_EQ(late.slot, -1);
  JustEnqueue(late, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(KERNEL_DSQ), ElementsAre(&late));
  EXPECT_EQ(kernel->Count(SCXX_CNT_NO_SLOT), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_KERNEL), 1u);
}

// The policy holds it since before, and hears neither of that wait's end nor of the new one.
TEST_F(Enqueue, AFullEventRingIsToldOfAHeldTask) {
  JustEnqueue(*p, ENQ_WAKEUP);
  kernel->Dequeue(*p);
  kernel->cpu(0).event_tail = kernel->agent().event_head[0] + kernel->config().event_mask + 1;
  ASSERT_EQ(kernel->global().epoch, 0u);
  JustEnqueue(*p, 0);
  EXPECT_EQ(StateOf(*p), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(kernel->global().epoch, 1u);
}

TEST_F(Enqueue, AFullEventRingSendsTheTaskToTheKernelDsq) {
  kernel->cpu(0).event_tail = kernel->config().event_mask + 1;
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(KERNEL_DSQ), ElementsAre(p));
  EXPECT_EQ(StateOf(*p), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(kernel->Count(SCXX_CNT_RING_FULL), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_RECLAIMED), 1u);
  CheckBalance();
}

// Until the attach ends, which the kernel does for it.
TEST_F(Enqueue, ACpuThatCameHasNoEventRing) {
  scxx_config config = TestConfig();
  config.online_end = config.nr_cpus - 1;
  Start(config);
  p = &kernel->Spawn({.pid = 9});
  EnqueueOn(config.online_end, *p, ENQ_WAKEUP);
  EXPECT_EQ(kernel->maps().events.Find<scxx_event>(config.online_end), nullptr);
  EXPECT_EQ(StateOf(*p), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(kernel->Count(SCXX_CNT_RECLAIMED), 1u);
}

TEST_F(Enqueue, AFallbackSendsTheTaskToTheKernelDsq) {
  kernel->global().fallback = 1;
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_THAT(kernel->Contents(KERNEL_DSQ), ElementsAre(p));
  EXPECT_EQ(kernel->Count(SCXX_CNT_KERNEL), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 0u);
}

TEST_F(Enqueue, AFallbackEndsThePeriodOfATaskThatWaited) {
  JustEnqueue(*p, ENQ_WAKEUP);
  kernel->global().fallback = 1;
  kernel->Dequeue(*p);
  JustEnqueue(*p, ENQ_RESTORE);
  EXPECT_THAT(kernel->Contents(KERNEL_DSQ), ElementsAre(p));
  EXPECT_EQ(kernel->Count(SCXX_CNT_CANCELLED), 1u);
  CheckBalance();
}

TEST_F(Enqueue, TheKernelDsqIsInOrderOfWeightedRunTime) {
  task_struct& heavy = kernel->Spawn({.pid = 11});
  task_struct& light = kernel->Spawn({.pid = 12});
  heavy.scx.weight = 1000;
  light.scx.weight = 10;
  kernel->global().fallback = 1;
  for (int i = 0; i < 6; ++i) {  // the light one came first
    kernel->Dequeue(light);
    kernel->Dequeue(heavy);
    light.se.sum_exec_runtime += kMs;
    heavy.se.sum_exec_runtime += kMs;
    JustEnqueue(light, 0);
    JustEnqueue(heavy, 0);
  }
  EXPECT_THAT(kernel->Contents(KERNEL_DSQ), ElementsAre(&heavy, &light));
}

TEST_F(Enqueue, SleepingEarnsAtMostASliceInTheKernelDsq) {
  kernel->global().fallback = 1;
  kernel->global().kernel.clock = 100 * kMs;
  p->account.vtime = 1;
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_EQ(p->scx.dsq_vtime, 100 * kMs - kernel->config().fallback_slice);
}

// ---- what a slot says of the class ----

TEST_F(Enqueue, SchedBatchAndSchedIdleAreInTheSlot) {
  const std::vector<std::pair<unsigned, uint32_t>> kinds = {
      {SCHED_BATCH, SCXX_TASK_BATCH}, {SCHED_IDLE, SCXX_TASK_IDLE}, {0, 0}};
  for (const auto& [policy, flags] : kinds) {
    p->policy = policy;
    JustEnqueue(*p, ENQ_WAKEUP);
    EXPECT_EQ(SlotOf(*p).flags, SCXX_TASK_ALL_CPUS | flags) << "policy " << policy;
    kernel->Dequeue(*p);
  }
}

// ---- late slots ----

TEST_F(Enqueue, ATaskThatFoundTheTableFullGetsASlotWhenOneIsFree) {
  Start(TestConfig(2, /*max_tasks=*/2));
  task_struct& first = kernel->Spawn({.pid = 10});
  task_struct& late = kernel->Spawn({.pid = 11, .cpu = 1, .allowed = 0b10});
  JustEnqueue(late, ENQ_WAKEUP);
  ASSERT_EQ(kernel->DsqOf(late), QueueOfCpu(1));
  ASSERT_EQ(NextOn(1), &late);
  {
    OnCpu here(*kernel, 0);
    task_exit(&first);
  }
  RanFor(late, 3 * kMs);
  JustEnqueue(late, 0, 1);
  ASSERT_GE(late.slot, 0);
  EXPECT_EQ(StateOf(late), uint32_t{SCXX_CUSTODY_USER});
  const std::vector<scxx_event> events = TakeEvents();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(KindOf(events[0]), uint32_t{SCXX_EVENT_NEW});
  EXPECT_EQ(SlotOf(late).pid, 11);
  EXPECT_EQ(SlotOf(late).nr_cpus_allowed, 1u);
  EXPECT_EQ(SlotOf(late).sum_exec, 3 * kMs);
  EXPECT_EQ(kernel->Count(SCXX_CNT_NO_SLOT), 1u);
  CheckBalance();
}

TEST_F(Enqueue, AKernelThreadGetsNoneLaterEither) {
  task_struct& kthread = kernel->Spawn({.pid = 2, .flags = PF_KTHREAD});
  JustEnqueue(kthread, ENQ_WAKEUP);
  JustEnqueue(kernel->Spawn({.pid = 3, .flags = PF_KTHREAD}), 0);
  EXPECT_EQ(kthread.slot, -1);
  EXPECT_EQ(kernel->Contents(KERNEL_DSQ).front()->slot, -1);
}

// ---- waking the agent ----

class EnqueueWakesAgent : public Enqueue {
 protected:
  EnqueueWakesAgent() : Enqueue(TestConfig(4)) {
    kernel->global().parked = 1;
    p->cpu = 1;
  }
  void SetIdle(uint64_t cpus) { kernel->global().idle_mask[0] = cpus; }
};

TEST_F(EnqueueWakesAgent, NotWhileItRuns) {
  kernel->global().parked = 0;
  SetIdle(0b1111);
  JustEnqueue(*p, 0);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

TEST_F(EnqueueWakesAgent, NotWhereTheKernelReschedulesAnyway) {
  SetIdle(0b1010);
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

TEST_F(EnqueueWakesAgent, OnAnIdleCpuIfTheTasksOwnIsBusy) {
  SetIdle(0b1000);
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 3, SCX_KICK_IDLE}));
}

TEST_F(EnqueueWakesAgent, NotByForceUnlessThePolicyAllowsIt) {
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
  EXPECT_EQ(kernel->cpu(1).want_agent, 0u);
}

TEST_F(EnqueueWakesAgent, ByForceIfTheCpuWasDispatchedLongAgo) {
  scxx_config config = TestConfig(4);
  config.wakeup_preempt = 1;
  Start(config);
  kernel->global().parked = 1;
  p = &kernel->Spawn({.pid = 10, .cpu = 1});
  kernel->cpu(1).last_dispatch = kernel->now();
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_NE(kernel->cpu(1).want_agent, 0u);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty()) << "too soon: the timer does it";
  EXPECT_EQ(kernel->timer_due(), kernel->now() + config.preempt_after);
  kernel->Advance(config.preempt_after);
  kernel->Dequeue(*p);
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 1, SCX_KICK_PREEMPT}));
}

TEST_F(EnqueueWakesAgent, AWakeupOfSchedIdleOrSchedBatchInterruptsNobody) {
  scxx_config config = TestConfig(4);
  config.wakeup_preempt = 1;
  Start(config);
  kernel->global().parked = 1;
  p = &kernel->Spawn({.pid = 10, .cpu = 1});
  kernel->Advance(config.preempt_after);
  for (unsigned policy : {SCHED_IDLE, SCHED_BATCH, 0}) {
    p->policy = policy;
    JustEnqueue(*p, ENQ_WAKEUP);
    EXPECT_EQ(kernel->cpu(1).want_agent, policy == 0 ? 1u : 0u);
    EXPECT_THAT(kernel->TakeKicks(), SizeIs(policy == 0 ? 1 : 0));
    kernel->Dequeue(*p);
  }
}

TEST_F(EnqueueWakesAgent, NorIsItsKeyNotedForTheNextDispatch) {
  scxx_config config = TestConfig(4);
  config.wakeup_preempt = 1;
  Start(config);
  kernel->global().parked = 1;
  p = &kernel->Spawn({.pid = 10, .cpu = 1});
  SlotOf(*p).wake_key = 77;
  p->policy = SCHED_IDLE;
  JustEnqueue(*p, ENQ_WAKEUP);
  EXPECT_EQ(kernel->global().waking_key, 0u);
}

TEST_F(EnqueueWakesAgent, ASliceEndPreemptsNobody) {
  scxx_config config = TestConfig(4);
  config.wakeup_preempt = 1;
  Start(config);
  kernel->global().parked = 1;
  p = &kernel->Spawn({.pid = 10, .cpu = 1});
  JustEnqueue(*p, 0);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

// ---- direct dispatch ----

class Direct : public DispatcherTest {
 protected:
  static scxx_config Config(uint32_t nr_cpus) {
    scxx_config config = TestConfig(nr_cpus);
    config.direct = 1;
    return config;
  }
  Direct() : DispatcherTest(Config(2)) { p = &kernel->Spawn({.pid = 10}); }

  task_struct* p;
};

TEST_F(Direct, AWakeupRunsOnAFreeCpuWithoutTheAgent) {
  ParkAgent();
  kernel->Wake(*p, 0);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(kernel->curr(0), p);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 1u);
  EXPECT_EQ(StateOf(*p), uint32_t{SCXX_CUSTODY_DISPATCHED});
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 0u);
}

TEST_F(Direct, ItsNextEventReportsWhatItRan) {
  ParkAgent();
  kernel->Wake(*p, 0);
  ASSERT_TRUE(kernel->Settle());
  kernel->Run(kMs);
  kernel->SetAllowed(*p, 0b10);  // off the CPU, with some slice left
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(SlotOf(*p).sum_exec - SlotOf(*p).exec_at_start, kMs);
}

// The kernel has taken the task back, run it and let it sleep, and has said nothing.
TEST_F(Direct, EndsAWaitThatASuspendHasForgotten) {
  ParkAgent();
  SlotOf(*p).custody = custody_next(SlotOf(*p).custody);
  ++kernel->cpu(0).counters[SCXX_CNT_QUEUED];
  kernel->Wake(*p, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_CANCELLED), 1u);
  EXPECT_EQ(StateOf(*p), uint32_t{SCXX_CUSTODY_DISPATCHED});
}

TEST_F(Direct, NotWhileTheAgentHasSomethingToDo) {
  ParkAgent();
  kernel->agent().pending = 1;
  kernel->Wake(*p, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 1u);
}

TEST_F(Direct, NotWhileThePolicyHoldsTasks) {
  ParkAgent();
  kernel->agent().nr_queued = 1;
  kernel->Wake(*p, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
}

TEST_F(Direct, NotDuringAFallback) {
  ParkAgent();
  kernel->global().fallback = 1;
  kernel->Wake(*p, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_KERNEL), 1u);
}

TEST_F(Direct, NotWhereNoCpuIsFree) {
  ParkAgent();
  for (int pid : {20, 21}) kernel->Wake(kernel->Spawn({.pid = pid, .flags = PF_KTHREAD}), pid - 20);
  ASSERT_TRUE(kernel->Settle());
  kernel->Wake(*p, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
}

TEST_F(Direct, OnOneCpuAWakeupMayGoBehindItsWaker) {
  Start(Config(1));
  ParkAgent();
  task_struct& waker = kernel->Spawn({.pid = 20, .flags = PF_KTHREAD});
  p = &kernel->Spawn({.pid = 10, .allowed = 1});
  kernel->Wake(waker, 0);
  ASSERT_TRUE(kernel->Settle());
  kernel->Wake(*p, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 1u);
  task_struct& q = kernel->Spawn({.pid = 11, .allowed = 1});
  kernel->Wake(q, 0);  // p waits already
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 1u);
  EXPECT_TRUE(kernel->InCustody(q));
  kernel->Block(0);
  EXPECT_EQ(kernel->curr(0), p);
}

// A parent that waits for its child need not wait for the agent as well.
TEST_F(Direct, OnOneCpuANewTaskMayGoBehindItsParent) {
  Start(Config(1));
  ParkAgent();
  task_struct& parent = kernel->Spawn({.pid = 20, .allowed = 1});
  task_struct& child = kernel->Spawn({.pid = 10, .allowed = 1});
  kernel->Wake(parent, 0);
  ASSERT_TRUE(kernel->Settle());
  kernel->Run(kMs);
  EnqueueOn(0, child);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 2u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 0u);
  kernel->Block(0);
  EXPECT_EQ(kernel->curr(0), &child);
}

// It has used its slice up, or was interrupted: others may have waited for longer.
TEST_F(Direct, OnOneCpuNotATaskThatHasRunAndGoesOn) {
  Start(Config(1));
  ParkAgent();
  p = &kernel->Spawn({.pid = 10, .allowed = 1});
  RanFor(*p, kMs);
  EnqueueOn(0, *p);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
  EXPECT_TRUE(kernel->InCustody(*p));
}

// ops.dispatch is not called while the local DSQ holds a task: it would wait for as long as others
// wake each other.
TEST_F(Direct, OnOneCpuNotForLongWhileARecordWaits) {
  Start(Config(1));
  ParkAgent();
  task_struct& waker = kernel->Spawn({.pid = 20, .flags = PF_KTHREAD});
  task_struct& waiting = kernel->Spawn({.pid = 11, .allowed = 1});
  p = &kernel->Spawn({.pid = 10, .allowed = 1});
  kernel->Wake(waker, 0);
  ASSERT_TRUE(kernel->Settle());
  RanFor(waiting, kMs);
  EnqueueOn(0, waiting);
  TakeEvents();
  kernel->agent().pending = 0;
  Place(0, RecordFor(waiting));
  kernel->Advance(kernel->config().slice_default + 1);
  kernel->Wake(*p, 0);
  EnqueueOn(0, kernel->Spawn({.pid = 12, .allowed = 1}));  // and a new one
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
  EXPECT_TRUE(kernel->InCustody(*p));
}

// ---- ops.disable ----

TEST_F(Enqueue, LeavingTheClassIsToldThoughTheEventRingIsFull) {
  JustEnqueue(*p, ENQ_WAKEUP);
  kernel->cpu(0).event_tail = kernel->agent().event_head[0] + kernel->config().event_mask + 1;
  kernel->LeaveClass(*p);
  EXPECT_EQ(kernel->global().epoch, 1u);
}

TEST_F(Enqueue, LeavingTheClassInCustodyIsReported) {
  JustEnqueue(*p, ENQ_WAKEUP);
  TakeEvents();
  const uint32_t count = EnqueueCount(*p);
  kernel->LeaveClass(*p);
  const std::vector<scxx_event> events = TakeEvents();
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(KindOf(events[0]), uint32_t{SCXX_EVENT_LEFT});
  EXPECT_EQ(events[0].enq_cnt, count);
  EXPECT_EQ(kernel->Count(SCXX_CNT_GONE), 1u);
}

TEST_F(Enqueue, LeavingTheClassOtherwiseIsNot) {
  kernel->LeaveClass(*p);
  EXPECT_THAT(TakeEvents(), IsEmpty());
  EXPECT_EQ(kernel->Count(SCXX_CNT_GONE), 0u);
}

}  // namespace
}  // namespace scxx
