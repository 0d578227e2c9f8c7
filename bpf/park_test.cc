// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using SentKick = TestKernel::SentKick;

class Park : public DispatcherTest {
 protected:
  Park() : DispatcherTest(TestConfig(4)) {}

  scxx_global& global() { return kernel->global(); }
  scxx_agent& shared() { return kernel->agent(); }
  scxx_cpu* state(uint32_t cpu) { return &kernel->cpu(cpu); }

  bool First(uint32_t cpu) {
    OnCpu here(*kernel, cpu);
    const scene s = SceneOn(cpu);
    return agent_first(&s, /*interrupted=*/true);
  }

  bool Fetch(uint32_t cpu) {
    const scene s = SceneOn(cpu);
    return agent_fetch(&s);
  }

  // ops.enqueue of the agent after it has yielded on CPU 0, with nothing else of the core.
  void JustPark() {
    OnCpu here(*kernel, 0);
    on_yield(agent);
    kernel->CallEnqueue(*agent, 0);
  }
};

TEST_F(Park, AnAgentThatYieldsIsParked) {
  JustPark();
  EXPECT_TRUE(global().parked);
  EXPECT_FALSE(global().yielded);
  EXPECT_EQ(global().last_park, kernel->now());
  EXPECT_EQ(kernel->DsqOf(*agent), AGENT_DSQ);
  EXPECT_EQ(kernel->Count(SCXX_CNT_PARKS), 1u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_QUEUED), 0u);
}

TEST_F(Park, ParkingEndsAFallback) {
  global().fallback = 1;
  JustPark();
  EXPECT_FALSE(global().fallback);
}

TEST_F(Park, ParkingWithNothingToDoWakesNobody) {
  global().idle_mask[0] = 0b1110;
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

// A5: the event was published after the agent's last look.
TEST_F(Park, ParkingOnAnEventMakesAnIdleCpuDispatch) {
  global().idle_mask[0] = 0b1110;
  shared().pending = 1;
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 1, SCX_KICK_IDLE}));
}

TEST_F(Park, KicksTheAgentAskedForAreSentAtThePark) {
  global().idle_mask[0] = 0b0110;
  shared().kick_idle[0] = 0b0010;
  shared().kick_preempt[0] = 0b1100;
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(),
              ElementsAre(SentKick{0, 1, SCX_KICK_IDLE},
                          SentKick{0, 2, SCX_KICK_IDLE},  // idle: nothing to preempt
                          SentKick{0, 3, SCX_KICK_PREEMPT}));
  EXPECT_EQ(shared().kick_idle[0], 0u);
  EXPECT_EQ(shared().kick_preempt[0], 0u);
  EXPECT_EQ(kernel->Count(SCXX_CNT_KICK_PREEMPT), 1u);
}

TEST_F(Park, KicksForCpusThatDoNotExistAreDropped) {
  shared().kick_idle[0] = ~0ull << 4;
  shared().kick_preempt[0] = ~0ull << 4;
  shared().kick_preempt[1] = ~0ull;
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
  EXPECT_THAT(kernel->errors(), IsEmpty());
}

TEST_F(Park, KicksBeyond64CpusAreSentToo) {
  Start(TestConfig(100));
  shared().kick_idle[1] = 1ull << 35 | 1ull << 36;  // CPU 99; 100 does not exist
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 99, SCX_KICK_IDLE}));
  EXPECT_EQ(shared().kick_idle[1], 0u);
}

TEST_F(Park, AFetchBringsTheAgentToTheCpu) {
  JustPark();
  kernel->Advance(5);
  OnCpu here(*kernel, 2);
  kernel->CallDispatch([&] { EXPECT_TRUE(Fetch(2)); });
  EXPECT_FALSE(global().parked);
  EXPECT_EQ(global().active_since, kernel->now());
  EXPECT_EQ(kernel->PopLocal(2), agent);
  EXPECT_EQ(kernel->Count(SCXX_CNT_ACTIVATIONS), 1u);
}

TEST_F(Park, OnlyOneCpuFetchesTheAgent) {
  JustPark();
  for (int cpu : {2, 3}) {
    OnCpu here(*kernel, cpu);
    kernel->CallDispatch([&] { Fetch(cpu); });
  }
  EXPECT_EQ(kernel->Count(SCXX_CNT_ACTIVATIONS), 1u);
  EXPECT_THAT(kernel->Contents(SCX_DSQ_LOCAL, 2), ElementsAre(agent));
}

TEST_F(Park, TheAgentIsNotTakenWhereItMayNotRun) {
  kernel->SetAllowed(*agent, 0b0001);
  JustPark();
  OnCpu here(*kernel, 2);
  kernel->CallDispatch([&] { EXPECT_FALSE(Fetch(2)); });
  EXPECT_TRUE(global().parked);
}

TEST_F(Park, APendingEventFetchesTheAgentOnceItIsOldOrNothingElseRuns) {
  JustPark();
  shared().pending = 1;
  global().pending_since = kernel->now();
  EXPECT_FALSE(First(0));
  kernel->Advance(kernel->config().event_age + 1);
  EXPECT_TRUE(First(0));
}

TEST_F(Park, AWakeupThatWantsTheCpuFetchesTheAgentFirst) {
  JustPark();
  shared().pending = 1;
  global().pending_since = kernel->now();
  state(1)->want_agent = 1;
  EXPECT_TRUE(First(1));
  EXPECT_FALSE(state(1)->want_agent);
  EXPECT_FALSE(First(1));
}

TEST_F(Park, AParkedAgentWithoutAReasonIsNotFetchedFirst) {
  JustPark();
  state(1)->want_agent = 1;
  kernel->Advance(100 * kMs);
  EXPECT_FALSE(First(1));
  EXPECT_FALSE(First(1));
}

// ---- through the core ----

TEST_F(Park, AnEventForAParkedAgentMakesItRun) {
  ParkAgent();
  kernel->Wake(kernel->Spawn({.pid = 10}), 0);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_GE(AgentCpu(), 0);
  EXPECT_FALSE(global().parked);
}

TEST_F(Park, AnAgentThatYieldsWithMoreToDoGoesOn) {
  Start(TestConfig(1));
  ParkAgent();
  kernel->Wake(kernel->Spawn({.pid = 10}), 0);
  ASSERT_TRUE(kernel->Settle());
  ASSERT_EQ(AgentCpu(), 0);
  const uint64_t parks = kernel->Count(SCXX_CNT_PARKS);
  kernel->Yield(0);  // `pending` is still set: it has not looked
  EXPECT_EQ(AgentCpu(), 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_PARKS), parks);
  EXPECT_EQ(global().active_since, kernel->now());
}

TEST_F(Park, AnAgentInterruptedByItsSliceGoesOnFirst) {
  Start(TestConfig(1));
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10});
  kernel->Wake(p, 0);
  ASSERT_TRUE(kernel->Settle());
  ASSERT_EQ(AgentCpu(), 0);
  const uint64_t active_since = global().active_since;
  Place(0, RecordFor(p));
  kernel->Run(kernel->config().agent_slice);  // it has decided, but not parked
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(kernel->curr(0), &p);
  EXPECT_TRUE(global().parked);
  EXPECT_EQ(global().must_run, scxx_u64{AGENT_INTERRUPTED});
  kernel->Block(0);
  EXPECT_EQ(AgentCpu(), 0);
  EXPECT_EQ(global().active_since, active_since) << "the lease must go on counting";
}

// `parked` says that AGENT_DSQ has it, and CPUs without work rely on that.
TEST_F(Park, AnAgentThatLeavesItsDsqOtherwiseIsNotParked) {
  ParkAgent();
  kernel->LeaveClass(*agent);
  EXPECT_FALSE(global().parked);

  Start(TestConfig(4));
  ParkAgent();
  global().fallback = 1;
  kernel->SetWeight(*agent, 1000);
  EXPECT_FALSE(global().parked);
  EXPECT_EQ(kernel->DsqOf(*agent), KERNEL_DSQ);
}

TEST_F(Park, AnAgentThatIsChangedWhileParkedIsStillFound) {
  ParkAgent();
  kernel->SetWeight(*agent, 1000);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_GE(AgentCpu(), 0);
}

// A CPU called for the agent finds a record first: the call must not get lost.
TEST_F(Park, ACpuThatFindsSomethingBetterSendsAnotherForTheAgent) {
  ParkAgent();
  task_struct& p = kernel->Spawn({.pid = 10});
  kernel->Wake(p, 0);
  ASSERT_TRUE(kernel->Settle());
  Place(2, RecordFor(p));
  AgentYields();
  ASSERT_TRUE(kernel->idle(2));
  shared().pending = 1;
  global().pending_since = kernel->now();
  {
    OnCpu here(*kernel, 0);
    kx_kick(2, SCX_KICK_IDLE);
  }
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(kernel->curr(2), &p);
  EXPECT_GE(AgentCpu(), 0);
}

// ---- an agent with an affinity ----

class ParkBound : public Park {
 protected:
  // To CPU 3.
  ParkBound() {
    kernel->SetAllowed(*agent, 0b1000);
    ParkAgent();
  }

  // A task of the policy's that never sleeps, on the CPU.
  void Occupy(int cpu) {
    task_struct& hog = kernel->Spawn({.pid = 50 + cpu, .cpu = cpu, .allowed = 1ull << cpu});
    EnqueueOn(cpu, hog);
    TakeEvents();
    shared().pending = 0;
    Place(cpu, RecordFor(hog));
    OnCpu here(*kernel, cpu);
    kx_kick(cpu, SCX_KICK_IDLE);
    ASSERT_TRUE(kernel->Settle());
    ASSERT_EQ(kernel->curr(cpu), &hog);
  }
};

TEST_F(ParkBound, IsNotedAndForgottenWithTheAffinity) {
  EXPECT_EQ(global().agent_bound, static_cast<uint32_t>(agent->slot) + 1);
  EXPECT_EQ(global().agent_at, 3u);
  kernel->SetAllowed(*agent, ~0ull);
  kernel->Dequeue(*agent);
  JustPark();
  EXPECT_EQ(global().agent_bound, 0u);
}

TEST_F(ParkBound, AnEventRunsItOnItsCpu) {
  kernel->Wake(kernel->Spawn({.pid = 10, .allowed = 0b0001}), 0);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(AgentCpu(), 3);
}

TEST_F(ParkBound, OtherCpusDoNotComeForIt) {
  shared().pending = 1;
  global().pending_since = kernel->now() - kernel->config().event_age - 1;
  for (uint32_t cpu : {0, 1, 2}) {
    EXPECT_EQ(NextOn(cpu), nullptr);
    EXPECT_THAT(kernel->TakeKicks(), IsEmpty()) << "CPU " << cpu << " would look for ever";
  }
  EXPECT_EQ(NextOn(3), agent);
}

// ... which is busy, while another idles for want of a decision.
TEST_F(ParkBound, AnEventInterruptsItsCpuForIt) {
  Occupy(3);
  kernel->Wake(kernel->Spawn({.pid = 10, .allowed = 0b0001}), 0);
  ASSERT_TRUE(kernel->Settle());
  EXPECT_EQ(AgentCpu(), 3);
}

TEST_F(ParkBound, ParkingWithSomethingToDoKicksItsCpuOnly) {
  shared().pending = 1;
  global().idle_mask[0] = 0b0110;
  kernel->Dequeue(*agent);
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
  kernel->Dequeue(*agent);
  global().idle_mask[0] = 0b1110;
  JustPark();
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 3, SCX_KICK_IDLE}));
}

TEST_F(ParkBound, IsUrgedOnItsCpu) {
  shared().pending = 1;
  OnCpu here(*kernel, 0);
  agent_urge();
  EXPECT_TRUE(kernel->cpu(3).want_agent);
  EXPECT_FALSE(kernel->cpu(0).want_agent);
}

TEST_F(Park, AnAgentThatWakesGoesToTheHeadOfItsCpu) {
  task_struct& p = kernel->Spawn({.pid = 10, .flags = PF_KTHREAD});
  kernel->Wake(p, 0);
  kernel->Wake(*agent, 0);
  EXPECT_EQ(kernel->Contents(SCX_DSQ_LOCAL, 0).front(), agent);
  EXPECT_EQ(agent->scx.slice, kernel->config().agent_slice);
}

}  // namespace
}  // namespace scxx
