// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstdint>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "bpf/testing/dispatcher_test_base.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using SentKick = TestKernel::SentKick;

class Idle : public DispatcherTest {
 protected:
  explicit Idle(const scxx_config& config = TestConfig(4)) : DispatcherTest(config) {}

  // CPUs whose bits are set, as a word.
  void SetIdle(uint64_t cpus) { kernel->global().idle_mask[0] = cpus; }
  scxx_cpu* state(uint32_t cpu) { return &kernel->cpu(cpu); }
  void KickIdleFor(int slot, uint32_t task_cpu) {
    const scene s = SceneOn(0);
    kick_idle_for(&s, slot, task_cpu);
  }

  OnCpu here_{*kernel, 0};
};

TEST_F(Idle, FindsTheLowestIdleCpuButOne) {
  EXPECT_EQ(find_idle(0), -1);
  SetIdle(0b1100);
  EXPECT_EQ(find_idle(0), 2);
  EXPECT_EQ(find_idle(2), 3);
  SetIdle(0b0100);
  EXPECT_EQ(find_idle(2), -1);
}

TEST_F(Idle, FindsAnIdleCpuThatTheTaskMayUse) {
  task_struct& p = kernel->Spawn({.pid = 10, .allowed = 0b1010});
  SetIdle(0b0101);
  EXPECT_EQ(find_idle_for(p.slot), -1);
  SetIdle(0b1101);
  EXPECT_EQ(find_idle_for(p.slot), 3);
}

TEST_F(Idle, KicksForATaskPreferItsOwnCpu) {
  task_struct& p = kernel->Spawn({.pid = 10});
  SetIdle(0b1010);
  KickIdleFor(p.slot, 3);
  KickIdleFor(p.slot, 2);
  EXPECT_THAT(kernel->TakeKicks(),
              ElementsAre(SentKick{0, 3, SCX_KICK_IDLE}, SentKick{0, 1, SCX_KICK_IDLE}));
  EXPECT_EQ(kernel->Count(SCXX_CNT_KICK_IDLE), 2u);
}

TEST_F(Idle, KicksNobodyWhoIsBusy) {
  task_struct& p = kernel->Spawn({.pid = 10, .allowed = 0b0011});
  SetIdle(0b1000);
  KickIdleFor(p.slot, 1);
  kick_any_idle(state(0), 3);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

TEST_F(Idle, ATaskWithoutASlotMayGoAnywhere) {
  SetIdle(0b1000);
  KickIdleFor(-1, 1);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 3, SCX_KICK_IDLE}));
}

// ---- ops.update_idle ----

TEST_F(Idle, TheMaskFollowsTheKernelsTransitions) {
  on_update_idle(2, true);
  EXPECT_EQ(kernel->global().idle_mask[0], 0b0100u);
  EXPECT_TRUE(cpu_is_idle(&kernel->global(), 2));
  on_update_idle(3, true);
  on_update_idle(2, false);
  EXPECT_EQ(kernel->global().idle_mask[0], 0b1000u);
  EXPECT_FALSE(cpu_is_idle(&kernel->global(), 2));
}

TEST_F(Idle, AnIdleCpuHasNoOwner) {
  kernel->cpu(2).owner_pid = 7;
  on_update_idle(2, true);
  EXPECT_EQ(kernel->cpu(2).owner_pid, 0);
}

TEST_F(Idle, ACpuWithoutWorkIsLeftAlone) {
  on_update_idle(2, true);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

TEST_F(Idle, ACpuThatMissedARecordLooksAgain) {
  for (uint32_t ring : {2u, 4u /* any CPU's */}) {
    kernel->ring(ring).tail = 1;
    on_update_idle(2, true);
    EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 2, SCX_KICK_IDLE})) << ring;
    kernel->ring(ring).tail = 0;
  }
}

TEST_F(Idle, ARecordForAnotherCpuIsNoReason) {
  kernel->ring(1).tail = 1;
  on_update_idle(2, true);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

TEST_F(Idle, ACpuThatMissedAKernelTaskLooksAgain) {
  kernel->global().fallback = 1;
  kernel->Wake(kernel->Spawn({.pid = 10}), 0);
  kernel->TakeKicks();
  on_update_idle(2, true);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 2, SCX_KICK_IDLE}));
}

TEST_F(Idle, ACpuLooksAgainForAParkedAgentWithAReason) {
  kernel->global().parked = 1;
  on_update_idle(2, true);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
  kernel->agent().pending = 1;
  on_update_idle(2, true);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 2, SCX_KICK_IDLE}));
  kernel->global().parked = 0;  // it runs: it will look by itself
  on_update_idle(2, true);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
}

// A wakeup that found CPU 2 idle has left it to that CPU to run the agent, and it runs something
// else.
TEST_F(Idle, ACpuThatPicksATaskSendsAnotherForTheAgent) {
  SetIdle(0b1100);
  kernel->global().parked = 1;
  on_update_idle(2, false);
  EXPECT_THAT(kernel->TakeKicks(), IsEmpty());
  SetIdle(0b1100);
  kernel->agent().pending = 1;
  on_update_idle(2, false);
  EXPECT_THAT(kernel->TakeKicks(), ElementsAre(SentKick{0, 3, SCX_KICK_IDLE}));
}

TEST(LowestBit, IsWhatTheStandardLibrarySays) {
  for (int bit = 0; bit < 64; ++bit) {
    EXPECT_EQ(lowest_bit(1ull << bit), bit);
    EXPECT_EQ(lowest_bit(~0ull << bit), bit);
  }
}

TEST(IdleOfAHundredCpus, AreFoundInTheSecondWord) {
  TestKernel kernel(TestConfig(100));
  OnCpu here(kernel, 0);
  kernel.global().idle_mask[1] = 1ull << 35;
  EXPECT_EQ(find_idle(0), 99);
  EXPECT_EQ(find_idle(99), -1);
}

// CPUs 0 and 2 are a core, and 1 and 3.
class IdleSiblings : public Idle {
 protected:
  IdleSiblings() : Idle(Siblings()) {}
  static scxx_config Siblings() {
    scxx_config config = TestConfig(4);
    config.smt = 1;
    for (uint32_t cpu = 0; cpu < 4; ++cpu) config.sibling[cpu] = (cpu + 2) % 4;
    return config;
  }
  void Goes(uint32_t cpu, bool idle) { on_update_idle(cpu, idle); }
};

TEST_F(IdleSiblings, ACoreThatIsIdleAsAWholeComesFirst) {
  for (uint32_t cpu : {0, 1, 3}) Goes(cpu, true);
  EXPECT_EQ(find_idle(SCXX_MAX_CPUS), 1);
  EXPECT_EQ(find_idle(1), 3);
  Goes(3, false);
  EXPECT_EQ(find_idle(SCXX_MAX_CPUS), 0) << "both cores are busy by half";
  Goes(2, true);
  EXPECT_EQ(find_idle(SCXX_MAX_CPUS), 0);
  EXPECT_EQ(find_idle(0), 2);
}

TEST_F(IdleSiblings, AlsoAmongTheCpusOfATask) {
  task_struct& p = kernel->Spawn({.pid = 10, .allowed = 0b1001});
  for (uint32_t cpu : {0, 1, 3}) Goes(cpu, true);
  EXPECT_EQ(find_idle_for(p.slot), 3);
  Goes(1, false);
  EXPECT_EQ(find_idle_for(p.slot), 0);
}

}  // namespace
}  // namespace scxx
