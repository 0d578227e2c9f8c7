// SPDX-License-Identifier: Apache-2.0

#include <cstdint>

#include "bpf/testing/dispatcher_test_base.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

scxx_config KeysConfig(uint32_t nr_cpus) {
  scxx_config config = TestConfig(nr_cpus);
  config.wakeup_preempt = 1;
  config.direct = 1;
  return config;
}

// A hog that runs on CPU 0 since a while, dispatched with a key of 1,000 ms that grows as fast as
// it runs; and a task that sleeps, whose key is 2 ms more.
class Keys : public DispatcherTest {
 protected:
  static constexpr uint64_t kKey = 1'000 * kMs;
  static constexpr uint64_t kMargin = kMs;

  explicit Keys(uint32_t nr_cpus = 1) : DispatcherTest(KeysConfig(nr_cpus)) {
    kernel->agent().wake_floor = kKey - 4 * kMs;
    kernel->agent().wake_margin = kMargin;
    ParkAgent();
    hog = &kernel->Spawn({.pid = 10});
    sleeper = &kernel->Spawn({.pid = 11});
    RunWithKey(*sleeper, kKey + 2 * kMs, 0);
    kernel->Block(0);
    RunWithKey(*hog, kKey, 0);
    kernel->TakeKicks();
  }

  // p wakes, the agent dispatches it with this key, and it runs on CPU 0.
  void RunWithKey(task_struct& p, uint64_t key, int32_t lead) {
    kernel->global().parked = 0;
    kernel->Wake(p, 0);
    TakeEvents();
    scxx_record record = RecordFor(p);
    record.vtime = key;
    record.pace = 1024;
    record.lead = lead;
    Place(0, record);
    kernel->global().parked = 1;
    kernel->agent().pending = 0;
    ASSERT_TRUE(kernel->Settle());
    ASSERT_EQ(kernel->curr(0), &p);
  }

  bool Beats() {
    const scene s = SceneOn(0);
    return wakeup_beats(&s, &SlotOf(*sleeper), s.here);
  }
  void NoteWaking() {
    const scene s = SceneOn(0);
    note_waking(&s, &SlotOf(*sleeper));
  }
  uint64_t now() const { return kernel->now(); }

  task_struct* hog;
  task_struct* sleeper;
};

TEST_F(Keys, AWakeupBeatsWhatIsBehindItByMoreThanTheMargin) {
  OnCpu here(*kernel, 0);
  kernel->Advance(3 * kMs);  // 1,003 against 1,002 and the margin
  EXPECT_FALSE(Beats());
  kernel->Advance(2);
  EXPECT_TRUE(Beats());
}

TEST_F(Keys, TheKeyOfARunningTaskGrowsAtItsPace) {
  OnCpu here(*kernel, 0);
  kernel->cpu(0).owner_pace = 4 * 1024;
  kernel->Advance(kMs);
  EXPECT_TRUE(Beats());
}

TEST_F(Keys, ASleepGainsTheLead) {
  OnCpu here(*kernel, 0);
  SlotOf(*sleeper).wake_key -= 4 * kMs;
  kernel->Advance(1);
  EXPECT_TRUE(Beats());
}

TEST_F(Keys, ALongSleepGainsNoMoreThanTheFloor) {
  OnCpu here(*kernel, 0);
  SlotOf(*sleeper).wake_key = 1;
  kernel->agent().wake_floor = kKey;
  kernel->Advance(kMs / 2);
  EXPECT_FALSE(Beats());
  kernel->Advance(kMs);
  EXPECT_TRUE(Beats());
}

TEST_F(Keys, WrapAround) {
  OnCpu here(*kernel, 0);
  kernel->cpu(0).owner_key = 5;
  kernel->agent().wake_floor = -4 * kMs;
  SlotOf(*sleeper).wake_key = -2 * kMs;
  kernel->Advance(1);
  EXPECT_TRUE(Beats());
  SlotOf(*sleeper).wake_key = 2 * kMs;
  EXPECT_FALSE(Beats());
}

TEST_F(Keys, WhoeverHasNoneIsAskedAbout) {
  OnCpu here(*kernel, 0);
  ASSERT_FALSE(Beats());
  const scxx_cpu cpu = kernel->cpu(0);
  kernel->cpu(0).owner_pace = 0;
  EXPECT_TRUE(Beats());
  kernel->cpu(0) = cpu;
  kernel->cpu(0).owner_pid = 0;
  EXPECT_TRUE(Beats());
  kernel->cpu(0) = cpu;
  SlotOf(*sleeper).wake_key = 0;
  EXPECT_TRUE(Beats());
}

TEST_F(Keys, ARecordWithoutAPaceHasNone) {
  scxx_record record = {.vtime = kKey, .lead = 3};
  EXPECT_EQ(wake_key_of(&record), 0u);
  record.pace = 1;
  EXPECT_EQ(wake_key_of(&record), (kKey - 3) | 1);
}

// ---- what follows from it, with two CPUs so that nothing goes behind a waker directly ----

class KeysOnTwoCpus : public Keys {
 protected:
  KeysOnTwoCpus() : Keys(2) {
    kernel->global().idle_mask[0] = 0;
    sleeper->cpu = 0;
  }
  void Wake() {
    OnCpu here(*kernel, 1);
    kernel->CallEnqueue(*sleeper, ENQ_WAKEUP);
  }
};

TEST_F(KeysOnTwoCpus, AWakeupThatIsBehindInterruptsNobody) {
  kernel->Advance(kernel->config().preempt_after);
  Wake();
  EXPECT_EQ(kernel->cpu(0).want_agent, 0u);
  EXPECT_TRUE(kernel->TakeKicks().empty());
  EXPECT_EQ(kernel->agent().pending, 1u) << "the next ops.dispatch sees to it";
}

TEST_F(KeysOnTwoCpus, AWakeupThatIsAheadDoes) {
  kernel->Advance(4 * kMs);
  Wake();
  EXPECT_NE(kernel->cpu(0).want_agent, 0u);
  EXPECT_FALSE(kernel->TakeKicks().empty());
}

// ---- wakeups that waited ----

class WakingKey : public KeysOnTwoCpus {
 protected:
  // Another task's record waits in CPU 0's ring; then the sleeper wakes, which interrupts nobody.
  void WakeBefore(uint64_t key_of_next, uint32_t flags = SCXX_RECORD_LONG) {
    task_struct& next = kernel->Spawn({.pid = 12, .cpu = 0});
    {
      OnCpu here(*kernel, 1);
      kernel->CallEnqueue(next, 0);
    }
    scxx_record record = RecordFor(next);
    record.vtime = key_of_next;
    record.pace = 1024;
    record.flags = flags;
    Place(0, record);
    TakeEvents();
    kernel->agent().pending = 0;
    Wake();
    kernel->Block(0);
    ASSERT_TRUE(kernel->Settle());
  }
};

TEST_F(WakingKey, TheAgentGoesBeforeARecordThatIsFurtherBehind) {
  WakeBefore(kKey + 10 * kMs);
  EXPECT_EQ(AgentCpu(), 0);
  EXPECT_EQ(kernel->global().waking_key, 0u);
}

TEST_F(WakingKey, ARecordThatIsNotGoesFirst) {
  WakeBefore(kKey + 2 * kMs);
  EXPECT_EQ(kernel->curr(0)->pid, 12);
}

TEST_F(WakingKey, AShortOneGoesFirst) {
  WakeBefore(kKey + 10 * kMs, 0);
  EXPECT_EQ(kernel->curr(0)->pid, 12);
}

// It was to be interrupted, and sleeps before that happens: now only what is next counts.
TEST_F(WakingKey, AnInterruptionEndsWithTheTask) {
  kernel->cpu(0).want_agent = 1;
  WakeBefore(kKey + 2 * kMs);
  EXPECT_EQ(kernel->curr(0)->pid, 12);
}

TEST_F(WakingKey, TheEarliestCounts) {
  OnCpu here(*kernel, 0);
  NoteWaking();
  const uint64_t first = kernel->global().waking_key;
  SlotOf(*sleeper).wake_key += 100;
  NoteWaking();
  EXPECT_EQ(kernel->global().waking_key, first);
  SlotOf(*sleeper).wake_key -= 200;
  NoteWaking();
  EXPECT_EQ(kernel->global().waking_key, first - 100);
}

// ---- direct dispatch on one CPU ----

TEST_F(Keys, ADirectDispatchGoesBehindWhatItNeedNotInterrupt) {
  kernel->Wake(*sleeper, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 1u);
  EXPECT_EQ(kernel->cpu(0).owner_pid, sleeper->pid) << "it runs next, and the agent must know";
  EXPECT_EQ(kernel->cpu(0).owner_key, (kKey + 2 * kMs) | 1);
}

TEST_F(Keys, ADirectDispatchDoesNotGoBehindAHog) {
  kernel->Advance(4 * kMs);
  kernel->Wake(*sleeper, 0);
  EXPECT_EQ(kernel->Count(SCXX_CNT_DIRECT), 0u);
  EXPECT_TRUE(kernel->InCustody(*sleeper));
  EXPECT_NE(kernel->cpu(0).want_agent, 0u);
}

TEST_F(Keys, LightTasksHaveAFasterKeyWhenDispatchedDirectly) {
  sleeper->scx.weight = 50;
  kernel->Wake(*sleeper, 0);
  EXPECT_EQ(kernel->cpu(0).owner_pace, DIRECT_PACE * 2 * 1024u);
}

}  // namespace
}  // namespace scxx
