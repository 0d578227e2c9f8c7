// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Higher : public DispatcherTest {
 protected:
  Higher() : DispatcherTest(TestConfig(4, 512)) { kernel->Advance(1000 * kMs); }

  scxx_global& global() { return kernel->global(); }

  void RunTimer(int times) {
    for (int i = 0; i < times; ++i) {
      kernel->Advance(kernel->config().timer_busy);
      TimerOn(0);
    }
  }
  bool Taken(uint32_t cpu) {
    OnCpu here(*kernel, 0);
    return cpu_is_taken(&global(), cpu);
  }
  // A higher class has it, and for good.
  void Take(int cpu) {
    kernel->StartHigherClass(cpu);
    RunTimer(TAKEN_RUNS);
    ASSERT_TRUE(Taken(cpu));
  }
  // In user custody, for all the agent knows.
  task_struct& Waiting(uint64_t allowed = ~0ull, int cpu = 0) {
    task_struct& p = kernel->Spawn({.pid = next_pid_++, .cpu = cpu, .allowed = allowed});
    EnqueueOn(0, p);
    TakeEvents();
    kernel->agent().pending = 0;
    return p;
  }

 private:
  int next_pid_ = 10;
};

// ---- which CPUs are taken ----

TEST_F(Higher, ACpuIsTakenAfterSomeRunsOfTheTimer) {
  kernel->StartHigherClass(1);
  RunTimer(TAKEN_RUNS - 1);
  EXPECT_FALSE(Taken(1));
  RunTimer(1);
  EXPECT_TRUE(Taken(1));
  EXPECT_EQ(global().taken, 1u);
  EXPECT_FALSE(Taken(0));
}

TEST_F(Higher, ATaskWhoseOtherCpusAreOfflineCannotLeave) {
  Start(TestConfigOnline(0b0011, 4));
  Take(1);
  task_struct& p = kernel->Spawn({.pid = 10, .cpu = 1, .allowed = 0b1110});
  EnqueueOn(0, p);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(1)) << "the server finds it there";
}

TEST_F(Higher, ABurstTakesNothing) {
  for (int i = 0; i < 10; ++i) {
    kernel->StartHigherClass(1);
    RunTimer(2);
    EXPECT_FALSE(Taken(1));
    kernel->EndHigherClass(1);
    RunTimer(1);
  }
  EXPECT_EQ(global().taken, 0u);
}

TEST_F(Higher, ACpuIsGivenBackWithTheHigherClass) {
  Take(1);
  Take(2);
  RunTimer(10);
  EXPECT_EQ(global().taken, 2u);
  kernel->EndHigherClass(1);
  RunTimer(1);
  EXPECT_FALSE(Taken(1));
  EXPECT_TRUE(Taken(2));
  EXPECT_EQ(global().taken, 1u);
}

TEST_F(Higher, TheTimerIsQuickWhileAHigherClassHasACpu) {
  kernel->StartHigherClass(1);
  EXPECT_EQ(TimerOn(0), kernel->config().timer_busy);
}

// ---- what leaves ----

TEST_F(Higher, WhatWaitsInTheLocalDsqIsEnqueuedAgain) {
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10, .cpu = 1});
  EnqueueOn(1, p);
  Place(1, RecordFor(p));
  OnCpu here(*kernel, 1);
  kx_kick(1, SCX_KICK_IDLE);
  ASSERT_TRUE(kernel->Settle());
  ASSERT_EQ(kernel->curr(1), &p);
  kernel->StartHigherClass(1);
  ASSERT_THAT(kernel->Contents(SCX_DSQ_LOCAL, 1), ElementsAre(&p));
  RunTimer(TAKEN_RUNS);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL, 1), IsEmpty());
  EXPECT_EQ(StateOf(p), uint32_t{SCXX_CUSTODY_USER});
}

TEST_F(Higher, TheAgentLeaves) {
  ParkAgent();
  kernel->agent().pending = 1;
  {
    OnCpu here(*kernel, 1);
    kx_kick(1, SCX_KICK_IDLE);
  }
  ASSERT_TRUE(kernel->Settle());
  ASSERT_EQ(AgentCpu(), 1);
  kernel->StartHigherClass(1);
  ASSERT_EQ(AgentCpu(), -1);
  RunTimer(TAKEN_RUNS);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_GE(AgentCpu(), 0);
  EXPECT_NE(AgentCpu(), 1);
}

// An event this old lets it go first elsewhere.
TEST_F(Higher, TheAgentDoesNotComeBackWhileTasksWaitThere) {
  ParkAgent();
  Take(1);
  task_struct& p = Waiting(0b0010, 1);
  kernel->agent().pending = 1;
  global().pending_since = kernel->now() - kernel->config().event_age - 1;
  EXPECT_EQ(NextOn(1), &p);
  EXPECT_EQ(NextOn(2), agent);
}

TEST_F(Higher, TheAgentRunsThereIfItHasNoOtherCpu) {
  Start(TestConfig(1));
  ParkAgent();
  Take(0);
  kernel->agent().pending = 1;
  EXPECT_EQ(NextOn(0), agent);

  Start(TestConfig(4));
  kernel->SetAllowed(*agent, 0b0010);
  ParkAgent();
  Take(1);
  kernel->agent().pending = 1;
  EXPECT_EQ(NextOn(1), agent);
}

TEST_F(Higher, AnAgentIsUrgedOnACpuThatIsNotTaken) {
  ParkAgent();
  Take(0);
  kernel->agent().pending = 1;
  kernel->TakeKicks();
  OnCpu here(*kernel, 0);
  agent_urge();
  EXPECT_FALSE(kernel->cpu(0).want_agent);
  EXPECT_TRUE(kernel->cpu(1).want_agent);
}

TEST_F(Higher, AWakeupOnATakenCpuKeepsNobodyFromADecision) {
  Take(0);
  kernel->cpu(0).want_agent = kernel->cpu(1).want_agent = 1;
  kernel->TakeKicks();
  OnCpu here(*kernel, 2);
  EXPECT_TRUE(kick_wanted());
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(TestKernel::SentKick{2, 1, SCX_KICK_PREEMPT}));
}

TEST_F(Higher, AnAgentWithACpuOfItsOwnGoesElsewhereMeanwhile) {
  scxx_config config = TestConfig(4);
  config.agent_cpu = 1 + 1;
  Start(config);
  agent->cpu = 1;
  {
    OnCpu here(*kernel, 1);
    on_yield(agent);
    kernel->CallEnqueue(*agent, 0);
  }
  Take(1);
  kernel->agent().pending = 1;
  global().pending_since = kernel->now() - kernel->config().event_age - 1;
  EXPECT_EQ(NextOn(2), agent);
}

TEST_F(Higher, ItsCpuIsThereForOthersWhileAllTheRestIsTaken) {
  scxx_config config = TestConfig(4);
  config.agent_cpu = 1 + 1;
  Start(config);
  task_struct& p = Waiting(0b1111, 0);
  Place(kernel->config().nr_cpus, RecordFor(p));
  Take(0);
  Take(2);
  EXPECT_EQ(NextOn(1), nullptr);
  Take(3);
  EXPECT_EQ(NextOn(1), &p);
}

TEST_F(Higher, AKernelThreadWithSomeCpusLeavesForAnotherOfThem) {
  kernel->StartHigherClass(1);
  task_struct& p = kernel->Spawn({.pid = 2, .flags = PF_KTHREAD, .cpu = 1, .allowed = 0b0110});
  EnqueueOn(0, p, ENQ_WAKEUP);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(2));
  EXPECT_EQ(NextOn(3), nullptr);
  EXPECT_EQ(NextOn(2), &p);
}

TEST_F(Higher, ATaskWithTwoCpusAlwaysLeavesForTheOther) {
  task_struct& p = Waiting(0b1001);
  kernel->StartHigherClass(0);
  global().idle_mask[0] = 0;
  OnCpu here(*kernel, 1);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(home_of_some(p.slot, 0, kernel->now()), 3u + 1) << i;
    kernel->Advance(1 << 20);
  }
}

TEST_F(Higher, OrForAnyThatIsGivenBackIfAllAreInOne) {
  kernel->StartHigherClass(1);
  kernel->StartHigherClass(2);
  task_struct& p = kernel->Spawn({.pid = 2, .flags = PF_KTHREAD, .cpu = 1, .allowed = 0b0110});
  EnqueueOn(0, p, ENQ_WAKEUP);
  EXPECT_EQ(kernel->DsqOf(p), KERNEL_DSQ);
}

TEST_F(Higher, UnpinnedKernelThreadsLeave) {
  kernel->StartHigherClass(1);
  task_struct& any = kernel->Spawn({.pid = 2, .flags = PF_KTHREAD, .cpu = 1});
  task_struct& pinned = kernel->Spawn({.pid = 3, .flags = PF_KTHREAD, .cpu = 1, .allowed = 0b10});
  EnqueueOn(0, any, ENQ_WAKEUP);
  EnqueueOn(0, pinned, ENQ_WAKEUP);
  EXPECT_EQ(kernel->DsqOf(any), KERNEL_DSQ);
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL, 1), ElementsAre(&pinned));
  EXPECT_EQ(NextOn(2), &any);
}

// ---- what may run nowhere else ----

TEST_F(Higher, APinnedTaskWaitsInTheCpusQueue) {
  Take(1);
  task_struct& pinned = Waiting(0b0010, 1);
  task_struct& free = Waiting(0b0110, 1);
  EXPECT_EQ(kernel->DsqOf(pinned), QueueOfCpu(1));
  EXPECT_EQ(StateOf(free), uint32_t{SCXX_CUSTODY_USER}) << "the policy finds it a CPU";
  EXPECT_EQ(NextOn(1), &pinned);
}

TEST_F(Higher, PinnedTasksInUserCustodyAreMovedThere) {
  task_struct& pinned = Waiting(0b0010, 1);
  task_struct& elsewhere = Waiting(0b0100, 2);
  task_struct& stays = Waiting(~0ull, 1);
  SlotOf(stays).flags |= SCXX_TASK_NO_MIGRATE;
  stays.migration_disabled = 1;
  Take(1);
  NextOn(0);
  EXPECT_EQ(kernel->DsqOf(pinned), QueueOfCpu(1));
  EXPECT_EQ(kernel->DsqOf(stays), QueueOfCpu(1));
  EXPECT_EQ(StateOf(elsewhere), uint32_t{SCXX_CUSTODY_USER});
}

TEST_F(Higher, HoweverManyTheyAre) {
  for (int i = 0; i < 3 * WALK_TASKS; ++i) Waiting(0b0010, 1);
  Take(1);
  for (int i = 0; i < 10; ++i) NextOn(0);
  EXPECT_EQ(kernel->TasksInCustody(), 0u);
}

// ---- what dispatch offers to the server ----

TEST_F(Higher, ATaskAloneGoesOnThoughOthersWaitElsewhere) {
  Take(1);
  task_struct& p = Waiting(0b0010, 1);
  Waiting();
  ASSERT_EQ(NextOn(1), &p);
  p.scx.slice = 0;
  EXPECT_EQ(NextOn(1, &p), nullptr);
  EXPECT_GT(p.scx.slice, 0u);
}

TEST_F(Higher, DispatchComesBackWithSomethingWhileTasksWait) {
  Take(1);
  task_struct& first = Waiting(0b0010, 1);
  task_struct& second = Waiting(0b0010, 1);
  task_struct* running = NextOn(1);
  ASSERT_EQ(running, &first);
  for (int i = 0; i < 20; ++i) {
    RanFor(*running, 3 * kMs);
    task_struct* const next = NextOn(1, running);
    ASSERT_EQ(next, running == &first ? &second : &first) << i;
    EnqueueOn(1, *running);
    running = next;
  }
}

// With slice left they would wait for the server's next period in the local DSQ.
TEST_F(Higher, TasksThatMayMoveHaveNoSliceToSpeakOf) {
  Take(1);
  task_struct& decided = Waiting(~0ull, 1);
  Place(1, RecordFor(decided));
  EXPECT_EQ(NextOn(1), &decided);
  EXPECT_EQ(decided.scx.slice, 1u);
  decided.scx.slice = 0;
  EXPECT_EQ(NextOn(1, &decided), nullptr) << "it goes on";
  EXPECT_EQ(decided.scx.slice, 1u);
  task_struct& queued = kernel->Spawn({.pid = 500});
  EnqueueForKernel(queued);
  EXPECT_EQ(NextOn(1), &queued);
  EXPECT_EQ(queued.scx.slice, 1u);
}

// The server would stop for good if it found nothing while the run queue is not empty.
TEST_F(Higher, NorDoesItWhileTasksOfItsRunQueueMayRunElsewhere) {
  task_struct& p = Waiting(0b0011);
  Take(0);
  EXPECT_EQ(NextOn(0), &p);
  EXPECT_EQ(StateOf(p), uint32_t{SCXX_CUSTODY_KERNEL});
  EXPECT_EQ(NextOn(0), nullptr) << "there is no other";
}

TEST_F(Higher, NorWhileOneWaitsInAnotherCpusQueue) {
  task_struct& p = kernel->Spawn({.pid = 500, .allowed = 0b0011});
  Take(0);
  EnqueueForKernel(p);
  ASSERT_EQ(kernel->DsqOf(p), QueueOfCpu(1));
  EXPECT_EQ(NextOn(0), &p);
}

TEST_F(Higher, NorWhileItIsTheAgent) {
  ParkAgent();
  const int cpu = agent->cpu;
  Take(cpu);
  EXPECT_EQ(NextOn(cpu), agent);
}

// The server had been about to run when the higher class came.
TEST_F(Higher, NorBeforeTheTimerHasSeenTheHigherClass) {
  ParkAgent();
  const int cpu = agent->cpu;
  kernel->StartHigherClass(cpu);
  EXPECT_EQ(NextOn(cpu), agent);
  ASSERT_FALSE(Taken(cpu));
}

TEST_F(Higher, NorThenWithATaskThatThePolicyHolds) {
  task_struct& p = Waiting();
  EXPECT_EQ(NextOn(0), nullptr) << "without a higher class there is no hurry";
  kernel->StartHigherClass(0);
  EXPECT_EQ(NextOn(0), &p);
}

// ... or no higher class at all. The agent is asked to nap, which ends the server.
TEST_F(Higher, NorOnAnIdleCpu) {
  ParkAgent();
  const int cpu = agent->cpu;
  EXPECT_EQ(NextOn(cpu), nullptr);
  kernel->SetServerRuns(cpu, true);
  EXPECT_EQ(NextOn(cpu), agent);
  EXPECT_TRUE(global().nap);
  EnqueueOn(cpu, *agent, ENQ_WAKEUP);
  EXPECT_FALSE(global().nap) << "it has slept";
}

TEST_F(Higher, NorWhenTheAgentThatRanThereYields) {
  ParkAgent();
  const int cpu = agent->cpu;
  kernel->SetServerRuns(cpu, true);
  ASSERT_EQ(NextOn(cpu), agent);
  agent->scx.flags |= SCX_TASK_QUEUED;
  agent->scx.slice = 0;
  global().yielded = 1;
  EXPECT_EQ(NextOn(cpu, agent), nullptr);
  EXPECT_GT(agent->scx.slice, 0u) << "it goes on";
  EXPECT_FALSE(global().yielded);
}

TEST_F(Higher, TheAgentOfATakenCpuDoesNotNap) {
  ParkAgent();
  const int cpu = agent->cpu;
  Take(cpu);
  kernel->SetServerRuns(cpu, true);
  EXPECT_EQ(NextOn(cpu), agent);
  EXPECT_FALSE(global().nap) << "the next server would come in a second";
}

TEST_F(Higher, TheServerTakesItsRecordsAndTheMachinesQueueToo) {
  task_struct& p = Waiting(~0ull, 1);
  Take(1);
  Place(1, RecordFor(p));
  task_struct& q = kernel->Spawn({.pid = 500});
  EnqueueForKernel(q);
  EXPECT_THAT((std::vector{NextOn(1), NextOn(1)}), UnorderedElementsAre(&p, &q));
}

// ---- its records ----

TEST_F(Higher, OtherCpusTakeAllRecordsOfATakenOne) {
  task_struct& p = Waiting();
  task_struct& q = Waiting();
  Take(1);
  Place(1, RecordFor(p, SCXX_RECORD_PINNED));
  Place(1, RecordFor(q));
  EXPECT_EQ(NextOn(0), &p);
  EXPECT_EQ(NextOn(2), &q);
}

TEST_F(Higher, TheyDoSoBeforeTheirOwnRecords) {
  task_struct& p = Waiting();
  task_struct& q = Waiting();
  task_struct& r = Waiting();
  Take(1);
  Place(0, RecordFor(q));
  Place(kernel->config().nr_cpus, RecordFor(r));
  Place(1, RecordFor(p));
  EXPECT_EQ(NextOn(0), &p);
}

// Its answers would go into the CPU's ring, and it into the local DSQ as the server's time ends.
TEST_F(Higher, TheAgentIsNotFetchedByACpuThatFoundNothing) {
  ParkAgent();
  Take(1);
  kernel->agent().nr_queued = 1;
  EXPECT_EQ(NextOn(1), nullptr);
  EXPECT_EQ(NextOn(2), agent);
}

TEST_F(Higher, ARecordThatNoOtherCpuMayRunBouncesToTheServer) {
  task_struct& p = Waiting(0b0010, 1);
  kernel->StartHigherClass(1);
  RunTimer(TAKEN_RUNS);
  global().overdue = 0;  // before a walk has found it
  Place(1, RecordFor(p, SCXX_RECORD_PINNED));
  EXPECT_EQ(NextOn(0), nullptr);
  EXPECT_EQ(kernel->DsqOf(p), QueueOfCpu(1));
  EXPECT_EQ(NextOn(1), &p);
}

}  // namespace
}  // namespace scxx
