// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using SentKick = TestKernel::SentKick;

class Dispatch : public DispatcherTest {
 protected:
  Dispatch() { StartWith(2); }

  // `nr_cpus` busy CPUs, the agent parked, nothing pending.
  void StartWith(uint32_t nr_cpus) {
    Start(TestConfig(nr_cpus, 512));
    OnCpu here(*kernel, 0);
    on_yield(agent);
    kernel->CallEnqueue(*agent, 0);
  }

  uint32_t any_ring() const { return kernel->config().nr_cpus; }
  scxx_global& global() { return kernel->global(); }

  // A task in user custody whose event the agent has seen.
  task_struct& Waiting(int pid, uint64_t allowed = ~0ull, int cpu = 0) {
    task_struct& p = kernel->Spawn({.pid = pid, .cpu = cpu, .allowed = allowed});
    {
      OnCpu here(*kernel, 0);
      kernel->CallEnqueue(p, ENQ_WAKEUP);
    }
    TakeEvents();
    kernel->agent().pending = 0;
    kernel->TakeKicks();
    return p;
  }
  task_struct& InKernelDsq(int pid) {
    global().fallback = 1;
    task_struct& p = Waiting(pid);
    global().fallback = 0;
    return p;
  }

  // One call of ops.dispatch and what the core then runs.
  task_struct* Next(uint32_t cpu = 0, task_struct* prev = nullptr) {
    OnCpu here(*kernel, cpu);
    kernel->CallDispatch([&] { on_dispatch(static_cast<int>(cpu), prev); });
    return kernel->PopLocal(cpu);
  }
};

// ---- order ----

TEST_F(Dispatch, NothingToDo) { EXPECT_EQ(Next(), nullptr); }

TEST_F(Dispatch, OwnRingThenAnyRingThenAgentThenKernel) {
  task_struct& kernel_task = InKernelDsq(10);
  task_struct& any = Waiting(11);
  task_struct& own = Waiting(12);
  Place(any_ring(), RecordFor(any));
  Place(0, RecordFor(own));
  kernel->agent().pending = 1;
  global().pending_since = kernel->cpu(0).last_dispatch = kernel->now();
  EXPECT_EQ(Next(), &own);
  EXPECT_EQ(Next(), &any);
  EXPECT_EQ(Next(), agent);
  EXPECT_EQ(Next(), &kernel_task);
  EXPECT_EQ(Next(), nullptr);
}

TEST_F(Dispatch, AnOldEventLetsTheAgentGoFirst) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  kernel->agent().pending = 1;
  global().pending_since = kernel->now() - kernel->config().event_age - 1;
  EXPECT_EQ(Next(), agent);
}

TEST_F(Dispatch, AnAgentThatHoldsTasksRunsWhenACpuHasNothing) {
  kernel->agent().nr_queued = 1;
  EXPECT_EQ(Next(), agent);
}

// Two tasks of one weight wait, whoever schedules them.
TEST_F(Dispatch, TheKernelsTasksHaveTheirShareBesideRecords) {
  kernel->cpu(0).last_dispatch = kernel->now();
  Place(0, RecordFor(Waiting(10)));
  task_struct* kernel_task = &InKernelDsq(11);
  int turns = 0;
  for (int i = 0; i < 8; ++i) {
    if (Next() == kernel_task) {
      ++turns;
      kernel_task = &InKernelDsq(12 + i);
    } else {
      Place(0, RecordFor(Waiting(12 + i)));
    }
    kernel->Advance(3 * kMs);
  }
  EXPECT_GE(turns, 3);
  EXPECT_LE(turns, 5);
}

TEST_F(Dispatch, OneRecordACall) {
  Place(0, RecordFor(Waiting(10)));
  Place(0, RecordFor(Waiting(11)));
  Next();
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL), IsEmpty());
  EXPECT_EQ(kernel->cpu(0).dispatch_head, 1u);
}

// The kernel does not say so if that began during a suspend.
TEST_F(Dispatch, ACpuThatHasRunATaskIsNotIdle) {
  global().idle_mask[0] = 3;
  Next(1);
  EXPECT_EQ(global().idle_mask[0], 3u);
  Next(1, &Waiting(10));
  EXPECT_EQ(global().idle_mask[0], 1u);
}

// The kernel inserts it after the park; or has taken it out by itself, during a suspend.
TEST_F(Dispatch, ACpuThatMissesTheParkedAgentComesBackButNotForEver) {
  kernel->agent().pending = 1;
  ASSERT_EQ(Next(), agent);
  kernel->TakeKicks();
  global().parked = kernel->now() | 1;
  EXPECT_EQ(Next(), nullptr);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 0, SCX_KICK_IDLE}));
  kernel->Advance(2 * COME_BACK);
  EXPECT_EQ(Next(), nullptr);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

// ---- honour ----

TEST_F(Dispatch, AnHonouredRecordIsKeptInTheSlot) {
  task_struct& p = Waiting(10);
  scxx_record record = RecordFor(p);
  record.slice = 3 * kMs;
  record.vtime = 42;
  Place(0, record);
  kernel->Advance(1000);
  EXPECT_EQ(Next(), &p);
  EXPECT_EQ(p.scx.slice, 3 * kMs);
  EXPECT_EQ(StateOf(p), uint32_t{SCXX_CUSTODY_DISPATCHED});
  const scxx_task& slot = SlotOf(p);
  EXPECT_EQ(slot.started_at, kernel->now());
  EXPECT_EQ(slot.slice, 3 * kMs);
  EXPECT_EQ(slot.vtime, 42u);
  const scxx_cpu& cpu = kernel->cpu(0);
  EXPECT_EQ(cpu.owner_pid, 10);
  EXPECT_EQ(cpu.owner_slot, static_cast<uint32_t>(p.slot));
  EXPECT_EQ(cpu.owner_since, kernel->now());
  EXPECT_EQ(cpu.last_dispatch, kernel->now());
  EXPECT_EQ(std::accumulate(cpu.inserted_after, cpu.inserted_after + SCXX_HIST_BUCKETS, 0u), 1u);
  CheckBalance();
}

TEST_F(Dispatch, SliceZeroMeansTheDefault) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  Next();
  EXPECT_EQ(p.scx.slice, kernel->config().slice_default);
}

TEST_F(Dispatch, ASliceIsLimited) {
  task_struct& p = Waiting(10);
  scxx_record record = RecordFor(p);
  record.slice = ~0u;
  Place(0, record);
  Next();
  EXPECT_EQ(p.scx.slice, kernel->config().slice_max);
}

TEST_F(Dispatch, ASlotThatDoesNotExistIsABadRecord) {
  for (uint32_t slot : {kernel->config().max_tasks, ~0u}) {
    Place(0, {.slot = slot, .enq_cnt = 0, .slice = 0, .vtime = 0, .flags = 0});
    EXPECT_EQ(Next(), nullptr);
  }
  EXPECT_EQ(kernel->Count(SCXX_CNT_BAD_RECORD), 2u);
}

TEST_F(Dispatch, ABadTailIsCountedAndIgnored) {
  kernel->ring(0).tail = ~0ull;
  EXPECT_EQ(Next(), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_BAD_RECORD), 1u);
}

TEST_F(Dispatch, ASlotThatWasNeverUsedIsStale) {
  Place(0, {.slot = 300, .enq_cnt = 0, .slice = 0, .vtime = 0, .flags = 0});
  EXPECT_EQ(Next(), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_STALE), 1u);
}

TEST_F(Dispatch, ARecordForAnEarlierPeriodIsStale) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  kernel->Dequeue(p);
  {
    OnCpu here(*kernel, 0);
    kernel->CallEnqueue(p, ENQ_RESTORE);
  }
  kernel->agent().pending = 0;
  EXPECT_EQ(Next(), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_STALE), 1u);
  Place(0, RecordFor(p));
  EXPECT_EQ(Next(), &p);
}

TEST_F(Dispatch, ASecondRecordForThePeriodIsStale) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  Place(0, RecordFor(p));
  EXPECT_EQ(Next(), &p);
  EXPECT_EQ(Next(), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_STALE), 1u);
}

TEST_F(Dispatch, TheNextTrueRecordBehindStaleOnesIsTaken) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  Next();
  for (int i = 0; i < RECORD_TRIES - 1; ++i) Place(0, RecordFor(p));
  task_struct& q = Waiting(11);
  Place(0, RecordFor(q));
  EXPECT_EQ(Next(), &q);
}

// However many records are stale, an idle CPU does not sleep beside a true one.
TEST_F(Dispatch, AnIdleCpuLooksAtAllRecords) {
  ASSERT_TRUE(kernel->Settle());
  task_struct& p = Waiting(10);
  scxx_record stale = RecordFor(p);
  --stale.enq_cnt;
  for (uint32_t i = 0; i < SCXX_DISPATCH_RING - 1; ++i) Place(0, stale);
  Place(0, RecordFor(p));
  {
    OnCpu here(*kernel, 0);
    kx_kick(0, SCX_KICK_IDLE);
  }
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(kernel->curr(0), &p);
}

// ---- affinity ----

TEST_F(Dispatch, ARecordForADisallowedCpuIsScheduledInTheKernel) {
  task_struct& p = Waiting(10, /*allowed=*/0b10, /*cpu=*/1);
  Place(0, RecordFor(p));
  EXPECT_EQ(Next(0), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_BOUNCED), 1u);
  EXPECT_EQ(Next(1), &p);
  CheckBalance();
}

TEST_F(Dispatch, ABouncedTasksIdleCpuIsKicked) {
  task_struct& p = Waiting(10, /*allowed=*/0b10, /*cpu=*/1);
  global().idle_mask[0] = 0b10;
  Place(0, RecordFor(p));
  Next(0);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 1, SCX_KICK_IDLE}));
}

TEST_F(Dispatch, ACpuThatBouncedATaskIsNotItsOwner) {
  task_struct& p = Waiting(10, /*allowed=*/0b10, /*cpu=*/1);
  Place(0, RecordFor(p));
  Next(0);
  EXPECT_EQ(kernel->cpu(0).owner_pid, 0);
}

TEST_F(Dispatch, ATaskThatMayNotMigrateStaysOnItsCpu) {
  task_struct& p = Waiting(10, ~0ull, /*cpu=*/1);
  p.migration_disabled = 1;
  Place(0, RecordFor(p));
  EXPECT_EQ(Next(0), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_BOUNCED), 1u);
  EXPECT_EQ(Next(1), &p);
}

// All rings full of tasks that this CPU may not run: no more inserts than the kernel's buffer
// holds.
TEST_F(Dispatch, ManyBouncesDoNotOverflowTheKernelsBuffer) {
  StartWith(16);
  int pid = 100;
  for (uint32_t ring = 0; ring <= any_ring(); ++ring) {
    for (int i = 0; i < RECORD_TRIES; ++i) {
      Place(ring, RecordFor(Waiting(pid++, /*allowed=*/0b10, /*cpu=*/1)));
    }
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Next(0), nullptr);
  CheckBalance();
}

// ---- stealing ----

TEST_F(Dispatch, ACpuWithNothingStealsFromABusyOne) {
  task_struct& p = Waiting(10);
  Place(1, RecordFor(p));
  EXPECT_EQ(Next(0), &p);
  EXPECT_EQ(kernel->Count(SCXX_CNT_STOLEN), 1u);
  EXPECT_EQ(kernel->cpu(1).dispatch_head, 1u);
}

TEST_F(Dispatch, NotFromAnIdleOneWhichIsOnItsWay) {
  Place(1, RecordFor(Waiting(10)));
  global().idle_mask[0] = 0b10;
  EXPECT_EQ(Next(0), nullptr);
}

TEST_F(Dispatch, NotAPinnedRecord) {
  Place(1, RecordFor(Waiting(10), SCXX_RECORD_PINNED));
  EXPECT_EQ(Next(0), nullptr);
  EXPECT_EQ(kernel->Count(SCXX_CNT_STOLEN), 0u);
}

TEST_F(Dispatch, NotWhileTheAgentWantsToRun) {
  Place(1, RecordFor(Waiting(10)));
  kernel->agent().pending = 1;
  EXPECT_EQ(Next(0), agent);
}

TEST_F(Dispatch, LooksAtEveryOtherCpu) {
  StartWith(8);
  task_struct& p = Waiting(10);
  Place(5, RecordFor(p));
  EXPECT_EQ(Next(6), &p);
}

TEST_F(Dispatch, LooksAtEveryOtherCpuOfALargeMachine) {
  StartWith(200);
  task_struct& p = Waiting(10);
  Place(150, RecordFor(p));
  EXPECT_EQ(Next(6), &p);
  task_struct& before = Waiting(11);
  Place(5, RecordFor(before));
  EXPECT_EQ(Next(6), &before) << "the last one that it comes to";
}

// ---- prev ----

TEST_F(Dispatch, ATaskAloneGoesOn) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  ASSERT_EQ(Next(), &p);
  p.scx.slice = 0;
  EXPECT_EQ(Next(0, &p), nullptr);
  EXPECT_EQ(p.scx.slice, kernel->config().slice_default);
  EXPECT_EQ(kernel->Count(SCXX_CNT_EXTENDED), 1u);
}

TEST_F(Dispatch, ATaskThatSleepsDoesNot) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  ASSERT_EQ(Next(), &p);
  p.scx.slice = 0;
  p.scx.flags &= ~SCX_TASK_QUEUED;
  Next(0, &p);
  EXPECT_EQ(p.scx.slice, 0u);
}

TEST_F(Dispatch, NorOneBesideATaskThatWaits) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  ASSERT_EQ(Next(), &p);
  task_struct& q = Waiting(11);
  Place(0, RecordFor(q));
  p.scx.slice = 0;
  EXPECT_EQ(Next(0, &p), &q);
  EXPECT_EQ(p.scx.slice, 0u);
}

TEST_F(Dispatch, AYieldThatWasAnsweredByGoingOnIsForgotten) {
  task_struct& p = Waiting(10);
  Place(0, RecordFor(p));
  ASSERT_EQ(Next(), &p);
  OnCpu here(*kernel, 0);
  on_yield(&p);
  Next(0, &p);  // goes on, for a whole slice
  p.se.sum_exec_runtime += kernel->config().slice_default;
  kernel->CallEnqueue(p, 0);
  EXPECT_EQ(KindOf(TakeEvents().back()), uint32_t{SCXX_EVENT_SLICE_END});
}

TEST_F(Dispatch, AnAgentThatDidNotYieldGoesOnAndTheLeaseCounts) {
  kernel->agent().pending = 1;
  ASSERT_EQ(Next(), agent);
  const uint64_t active_since = global().active_since;
  kernel->Advance(kMs);
  agent->scx.slice = 0;
  agent->scx.flags |= SCX_TASK_QUEUED;
  Next(0, agent);
  EXPECT_EQ(agent->scx.slice, kernel->config().agent_slice);
  EXPECT_EQ(global().active_since, active_since);
}

// Its policy holds tasks back because the ring looked full, and what was there was void.
TEST_F(Dispatch, AnAgentThatYieldsOverAVoidRecordLooksAgain) {
  task_struct& p = Waiting(10);
  scxx_record stale = RecordFor(p);
  --stale.enq_cnt;
  Place(any_ring(), stale);
  kernel->agent().pending = 1;
  kernel->agent().nr_queued = 1;
  kernel->Advance(kMs);  // the event is old: the agent goes first
  ASSERT_EQ(Next(), agent);
  kernel->agent().pending = 0;
  OnCpu here(*kernel, 0);
  on_yield(agent);
  agent->scx.flags |= SCX_TASK_QUEUED;
  EXPECT_EQ(Next(0, agent), nullptr);
  EXPECT_EQ(agent->scx.slice, kernel->config().agent_slice) << "it parked, and the CPU idles";
}

TEST_F(Dispatch, KicksAreSentBeforeTheAgentHasParked) {
  kernel->agent().pending = 1;
  ASSERT_EQ(Next(), agent);
  global().idle_mask[0] = 0b10;
  kernel->agent().kick_idle[0] = 0b10;
  Next(0, agent);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 1, SCX_KICK_IDLE}));
}

// ---- through the core ----

TEST_F(Dispatch, ATaskAloneIsNeverEnqueuedAgain) {
  Start(TestConfig(1));
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10});
  kernel->Wake(p, 0);
  ASSERT_TRUE(kernel->Settle());
  Place(0, RecordFor(p));
  AgentYields();
  for (int ms = 0; ms < 100; ++ms) {
    kernel->Run(kMs);
    ASSERT_TRUE(kernel->Settle());
    ASSERT_EQ(kernel->curr(0), &p);
  }
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_EXTENDED), 20u);
}

// A task beside a hog whose slice ends just while the agent runs elsewhere: the hog goes to the
// agent too, instead of getting another slice.
TEST_F(Dispatch, AHogIsNotExtendedWhileTheAgentHasOthersInHand) {
  task_struct& hog = Waiting(10);
  Place(1, RecordFor(hog));
  ASSERT_EQ(Next(1), &hog);
  Waiting(11);
  kernel->agent().pending = 1;
  ASSERT_EQ(Next(0), agent);
  hog.scx.slice = 0;
  EXPECT_EQ(Next(1, &hog), nullptr);
  EXPECT_EQ(hog.scx.slice, 0u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_EXTENDED), 0u);
}

TEST_F(Dispatch, AHogIsExtendedWhileTheAgentHasNothingInHand) {
  task_struct& hog = Waiting(10);
  Place(1, RecordFor(hog));
  ASSERT_EQ(Next(1), &hog);
  kernel->agent().pending = 1;
  ASSERT_EQ(Next(0), agent);
  hog.scx.slice = 0;
  Next(1, &hog);
  EXPECT_EQ(kernel->Count(SCXX_CNT_EXTENDED), 1u);
}

// The agent holds a task back for want of a free CPU; the CPU that becomes free meanwhile must not
// sleep until the next event.
TEST_F(Dispatch, NoCpuIdlesBesideATaskThatThePolicyHolds) {
  Start(TestConfig(2));
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10});
  task_struct& q = kernel->Spawn({.pid = 11});
  kernel->Wake(p, 0);
  ASSERT_TRUE(kernel->Settle());
  kernel->Wake(q, 0);
  ASSERT_TRUE(kernel->Settle());
  const int agent_cpu = AgentCpu();
  ASSERT_GE(agent_cpu, 0);
  ASSERT_TRUE(kernel->idle(1 - agent_cpu)) << "it went idle while the agent ran";
  Place(agent_cpu, RecordFor(p));
  kernel->agent().nr_queued = 1;  // q
  AgentYields();
  EXPECT_GE(AgentCpu(), 0);
}

// ... but an agent that cannot use any free CPU is not run over and over.
TEST_F(Dispatch, AnAgentThatHoldsTasksDoesNotSpin) {
  Start(TestConfig(2));
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10, .allowed = 0b01});
  task_struct& q = kernel->Spawn({.pid = 11, .allowed = 0b01});
  kernel->Wake(p, 0);
  ASSERT_TRUE(kernel->Settle());
  Place(0, RecordFor(p));
  AgentYields();
  kernel->Wake(q, 0);
  ASSERT_TRUE(kernel->Settle());
  for (int i = 0; i < 10 && AgentCpu() >= 0; ++i) {
    kernel->agent().nr_queued = 1;  // q, for CPU 0, which runs p
    AgentYields();
  }
  EXPECT_EQ(AgentCpu(), -1);
}

// ---- an agent with a CPU of its own, here CPU 1 ----

class DispatchOwnCpu : public Dispatch {
 protected:
  DispatchOwnCpu() {
    scxx_config config = TestConfig(2, 512);
    config.agent_cpu = 1 + 1;
    config.direct = 1;
    Start(config);
    agent->cpu = 1;
    OnCpu here(*kernel, 1);
    on_yield(agent);
    kernel->CallEnqueue(*agent, 0);
  }
};

TEST_F(DispatchOwnCpu, OnlyItsCpuFetchesTheAgentAndWithoutAReason) {
  kernel->agent().pending = 1;
  kernel->agent().nr_queued = 1;
  EXPECT_EQ(Next(0), nullptr);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty()) << "that CPU would only spin";
  kernel->agent().pending = kernel->agent().nr_queued = 0;
  EXPECT_EQ(Next(1), agent);
}

TEST_F(DispatchOwnCpu, AYieldSendsKicksAndIsASignOfLifeButNoPark) {
  ASSERT_EQ(Next(1), agent);
  kernel->TakeKicks();
  kernel->Advance(kMs);
  kernel->agent().kick_preempt[0] = 1;
  agent->scx.flags |= SCX_TASK_QUEUED;
  {
    OnCpu here(*kernel, 1);
    on_yield(agent);
  }
  EXPECT_EQ(Next(1, agent), nullptr);
  EXPECT_GT(agent->scx.slice, 0u) << "it goes on";
  EXPECT_EQ(global().last_park, kernel->now());
  EXPECT_FALSE(global().parked);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{1, 0, SCX_KICK_PREEMPT}));
}

TEST_F(DispatchOwnCpu, ItsCpuTakesWhatMayRunNowhereElseAndNothingMore) {
  ASSERT_EQ(Next(1), agent);
  task_struct& anywhere = Waiting(10);
  Place(any_ring(), RecordFor(anywhere));
  EXPECT_EQ(Next(1), nullptr);
  task_struct& pinned = Waiting(11, 0b10, 1);
  Place(1, RecordFor(pinned, SCXX_RECORD_PINNED));
  EXPECT_EQ(Next(1), &pinned);
  EXPECT_EQ(Next(0), &anywhere);
}

TEST_F(DispatchOwnCpu, TheKernelUsesThatCpuWhileTheAgentIsStopped) {
  ASSERT_EQ(Next(1), agent);
  task_struct& p = InKernelDsq(10);
  EXPECT_EQ(Next(1), nullptr);
  global().fallback = 1;
  EXPECT_EQ(Next(1), &p);
}

TEST(Log2, IsTheFloor) {
  EXPECT_EQ(log2_of(0), 0);
  for (int bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(log2_of(1ull << bit), bit);
    EXPECT_EQ(log2_of((1ull << bit) | 1), bit);
    EXPECT_EQ(log2_of(~0ull >> (63 - bit)), bit);
  }
}

}  // namespace
}  // namespace scxx
