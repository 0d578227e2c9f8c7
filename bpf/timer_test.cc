// SPDX-License-Identifier: Apache-2.0
// When the timer runs next, and reviews: a policy is asked again at the time that it wants.
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using SentKick = TestKernel::SentKick;

class TimerTest : public DispatcherTest {
 protected:
  static constexpr uint64_t kUs = 1'000;
  static constexpr uint64_t kStep = 10 * kUs;

  uint64_t now() const { return kernel->now(); }
  scxx_global& global() { return kernel->global(); }

  uint64_t RunTimer(uint32_t cpu = 0) {
    OnCpu here(*kernel, cpu);
    return timer_run();
  }

  // It starts, or is fetched by CPU 0.
  void RunAgent() {
    if (AgentCpu() >= 0) return;
    if (!global().parked) {
      kernel->Wake(*agent, 0);
    } else {
      OnCpu here(*kernel, 0);
      global().must_run = AGENT_ASKED;
      agent_urge();
    }
    ASSERT_TRUE(kernel->Settle());
    ASSERT_GE(AgentCpu(), 0);
  }

  // The agent has looked, and parks until `at`, if nothing happens before.
  void ParkUntil(uint64_t at) {
    RunAgent();
    kernel->agent().review_at = at;
    AgentYields();
  }

  // Every CPU runs a task, with a second to go.
  void OccupyAllCpus() {
    ParkAgent();
    for (uint32_t cpu = 0; cpu < kernel->config().nr_cpus; ++cpu) {
      task_struct& p = kernel->Spawn({.pid = 10 + static_cast<int>(cpu)});
      kernel->Wake(p, 0);
      ASSERT_TRUE(kernel->Settle());
      Place(cpu, RecordFor(p));
      kernel->ring(cpu).records[0].slice = 1000 * kMs;
      AgentYields();
    }
    ASSERT_EQ(AgentCpu(), -1);
  }

  // When the agent runs, at the earliest; 0: not within `ns`.
  uint64_t FetchedWithin(uint64_t ns) {
    for (const uint64_t end = now() + ns; now() < end;) {
      kernel->Run(kStep);
      EXPECT_TRUE(kernel->Settle());
      if (AgentCpu() >= 0) return now();
    }
    return 0;
  }

  void ExpectFetchedAt(uint64_t at) {
    const uint64_t fetched = FetchedWithin(at + kMs - now());
    EXPECT_GE(fetched, at);
    EXPECT_LE(fetched, at + SCXX_REVIEW_GRAIN);
  }
};

// ---- a review ----

TEST_F(TimerTest, WithoutAReviewAParkLeavesTheTimerAlone) {
  const uint64_t due = kernel->timer_due();
  ParkUntil(0);
  EXPECT_EQ(kernel->timer_due(), due);
  EXPECT_EQ(FetchedWithin(900 * kMs), 0u);
}

TEST_F(TimerTest, AParkSetsTheTimerForAReview) {
  ParkUntil(now() + 300 * kUs);
  EXPECT_EQ(kernel->timer_due(), now() + 300 * kUs);
}

TEST_F(TimerTest, AReviewFarAheadIsLookedAtAgain) {
  ParkUntil(now() + 300 * kMs);
  EXPECT_EQ(kernel->timer_due(), now() + kernel->config().timer_busy);
}

TEST_F(TimerTest, WhoWantsToRunAgainAtOnceWaitsForHalfTheGrain) {
  for (const uint64_t at : {uint64_t{1}, now() - 1, now() + 1}) {
    ParkUntil(at);
    EXPECT_EQ(kernel->timer_due(), now() + SCXX_REVIEW_GRAIN / 2);
    global().timer_at = 0;
  }
}

TEST_F(TimerTest, AParkDoesNotSetATimerThatComesBefore) {
  global().timer_at = now() + 200 * kUs;
  const uint64_t due = kernel->timer_due();
  ParkUntil(now() + 300 * kUs);
  EXPECT_EQ(kernel->timer_due(), due);
  EXPECT_EQ(RunTimer(), 300 * kUs) << "which minds it";
}

TEST_F(TimerTest, AnIdleMachineRunsTheAgentAtThatTime) {
  for (const uint64_t wait : {30 * kUs, 70 * kUs, kMs, 7 * kMs, 130 * kMs}) {
    const uint64_t at = now() + wait;
    ParkUntil(at);
    ExpectFetchedAt(at);
  }
}

TEST_F(TimerTest, ABusyMachineIsInterruptedForIt) {
  OccupyAllCpus();
  for (const uint64_t wait : {70 * kUs, kMs, 7 * kMs, 130 * kMs}) {
    const uint64_t at = now() + wait;
    ParkUntil(at);
    ExpectFetchedAt(at);
  }
}

TEST_F(TimerTest, OneCpuIsEnough) {
  Start(TestConfig(1));
  const uint64_t at = now() + 3 * kMs;
  ParkUntil(at);
  ExpectFetchedAt(at);
}

// Its event waits for the end of a slice; a review does not.
TEST_F(TimerTest, ItIsInterruptedThoughAnEventWaits) {
  OccupyAllCpus();
  kernel->agent().review_at = now();
  kernel->agent().pending = 1;
  global().pending_since = now() - 7;
  kernel->TakeKicks();
  RunTimer(1);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{1, 1, SCX_KICK_PREEMPT}));
  EXPECT_EQ(global().pending_since, now() - 7) << "what the lease counts from";
  EXPECT_EQ(global().must_run, 0u);
}

TEST_F(TimerTest, ItIsAskedForUntilItRuns) {
  ParkUntil(now() + 60 * kUs);
  kernel->Advance(60 * kUs);
  EXPECT_EQ(RunTimer(), kernel->config().timer_busy);
  EXPECT_THAT(kernel->TakeKicks(), Not(IsEmpty()));
  RunTimer();
  ASSERT_TRUE(kernel->Settle());
  ASSERT_GE(AgentCpu(), 0);
  kernel->TakeKicks();
  RunTimer();
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty()) << "it runs";
  EXPECT_EQ(global().must_run, 0u);
}

TEST_F(TimerTest, OnlyItsOwnCpuIsCalledForAnAgentThatHasOne) {
  scxx_config config = TestConfig(4);
  config.agent_cpu = 2 + 1;
  Start(config);
  kernel->agent().review_at = now();
  global().parked = global().last_park = now();
  kernel->TakeKicks();
  RunTimer(1);
  EXPECT_NE(kernel->cpu(2).want_agent, 0u);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{1, 2, SCX_KICK_PREEMPT}));
}

// The timer saw it parked, and then it was fetched.
TEST_F(TimerTest, ARequestThatComesTooLateCostsOneMoreLook) {
  RunAgent();
  global().must_run = AGENT_ASKED;
  AgentYields();
  ASSERT_GE(AgentCpu(), 0) << "nothing else runs: it goes on";
  AgentYields();
  EXPECT_EQ(AgentCpu(), -1);
}

// ---- others who want the timer ----

TEST_F(TimerTest, AWakeupDoesNotPutOffAReview) {
  scxx_config config = TestConfig(2);
  config.wakeup_preempt = 1;
  Start(config);
  OccupyAllCpus();
  kernel->agent().review_at = now() + config.preempt_after / 2;
  kernel->cpu(0).last_dispatch = now();
  const uint64_t due = kernel->timer_due();
  kernel->Wake(kernel->Spawn({.pid = 50, .cpu = 0}), 0);
  EXPECT_NE(kernel->cpu(0).want_agent, 0u);
  EXPECT_EQ(kernel->timer_due(), due);
}

TEST_F(TimerTest, TheTimerKeepsWhatWasWantedWhileItRan) {
  OnCpu here(*kernel, 0);
  const uint64_t rest = RunTimer();
  EXPECT_EQ(global().timer_at, now() + rest);
  EXPECT_EQ(timer_changed(), 0u);
  const scene s = SceneOn(0);
  timer_soon(&s, 40 * kUs);
  EXPECT_EQ(timer_changed(), 40 * kUs);
  kernel->Advance(41 * kUs);
  EXPECT_EQ(timer_changed(), 1u);
}

}  // namespace
}  // namespace scxx
