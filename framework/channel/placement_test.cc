// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/placement.h"

#include <cstdint>
#include <optional>

#include "bpf/wire.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/channel/channel.h"
#include "framework/channel/default_config.h"
#include "framework/channel/testing/native_memory.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr uint32_t kCpus = 4;
constexpr uint32_t kCommonRing = kCpus;
constexpr uint64_t kAllCpus = 0b1111;

class PlacementTest : public testing::Test {
 protected:
  PlacementTest() { AddTask(kTask, kAllCpus); }

  void AddTask(uint32_t slot, uint64_t cpus, int last_cpu = 2) {
    memory_.SetAffinity(slot, cpus);
    memory_.slot(slot).cpu = last_cpu;
  }
  static BackendDispatch Of(const Dispatch& decision) { return {.decision = decision}; }
  // The ring that a record of the slot goes to; -1 not allowed, -2 full.
  int Place(uint32_t slot, CpuId cpu = CpuId::Any(), bool preempt = false) {
    uint32_t ring = 0;
    switch (placement_.Place(Of({.task = {.slot = slot}, .cpu = cpu, .preempt = preempt}), &ring)) {
      case Placement::Result::kNotAllowed:
        return -1;
      case Placement::Result::kFull:
        return -2;
      case Placement::Result::kOffline:
        return -4;
      case Placement::Result::kPlaced:
        return static_cast<int>(ring);
    }
    return -3;
  }
  uint32_t FlagsOfFirst(uint32_t ring) { return memory_.ring(ring).records[0].flags; }
  uint64_t idle_kicks() { return memory_.agent().kick_idle[0]; }
  uint64_t preemptions() { return memory_.agent().kick_preempt[0]; }

  static constexpr uint32_t kTask = 1;
  NativeMemory memory_{kCpus};
  Channel channel_{memory_.shared(), memory_.config()};
  Placement placement_{channel_};
  scxx_record record_ = {};
};

TEST_F(PlacementTest, TheAgentsOwnCpuIsFreeAndNeedsNoKick) {
  placement_.SetAgentCpu(CpuId(3));
  memory_.SetIdle(2);
  EXPECT_EQ(Place(kTask), 3);
  EXPECT_EQ(idle_kicks(), 0u);
  EXPECT_FALSE(FlagsOfFirst(3) & SCXX_RECORD_PINNED) << "a CPU that idles may steal it";
}

// It runs elsewhere by now, and that CPU sleeps.
TEST_F(PlacementTest, ItNeedsOneIfItIdles) {
  placement_.SetAgentCpu(CpuId(3));
  memory_.SetIdle(3);
  EXPECT_EQ(Place(kTask), 3);
  EXPECT_EQ(idle_kicks(), 0b1000u);
}

TEST_F(PlacementTest, NothingIsPlacedOnACpuThatIsOffline) {
  CpuSet online = CpuSet::FirstN(kCpus);
  online.Remove(CpuId(3));
  Placement placement(channel_, online);
  constexpr uint32_t kPinned = 2;
  AddTask(kPinned, 0b1010, /*last_cpu=*/3);
  uint32_t ring = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(placement.Place(Of({.task = {.slot = kPinned}}), &ring), Placement::Result::kPlaced);
    EXPECT_EQ(ring, 1u);
  }
  EXPECT_EQ(placement.Place(Of({.task = {.slot = kPinned}, .cpu = CpuId(3)}), &ring),
            Placement::Result::kOffline);
  EXPECT_EQ(placement.Place(Of({.task = {.slot = kPinned}, .cpu = CpuId(2)}), &ring),
            Placement::Result::kNotAllowed);
}

TEST_F(PlacementTest, ThenTheIdleCpuThatItLastRanOn) {
  memory_.SetIdle(0);
  memory_.SetIdle(2);
  EXPECT_EQ(Place(kTask), 2);
  EXPECT_EQ(idle_kicks(), 0b100u);
  EXPECT_EQ(Place(kTask), 0) << "its ring is not empty any more";
  EXPECT_EQ(idle_kicks(), 0b101u);
}

// An agent that does not park: its CPU is 1, and gets only what may run nowhere else.
TEST_F(PlacementTest, TheAgentsReservedCpuIsTheLastChoice) {
  scxx_config config = memory_.config();
  config.agent_cpu = 1 + 1;
  Channel channel(memory_.shared(), config);
  Placement placement(channel);
  placement.SetAgentCpu(CpuId(1));
  EXPECT_FALSE(placement.agent_cpu().IsCpu()) << "it does not come free";
  const auto place = [&](uint32_t slot, CpuId cpu, bool preempt = false) {
    uint32_t ring = 0;
    EXPECT_EQ(placement.Place(Of({.task = {.slot = slot}, .cpu = cpu, .preempt = preempt}), &ring),
              Placement::Result::kPlaced);
    return ring;
  };
  EXPECT_EQ(place(kTask, CpuId(1)), kCommonRing) << "although the policy named it";
  AddTask(2, 0b0011, /*last_cpu=*/1);
  EXPECT_EQ(place(2, CpuId::Any()), 0u);
  AddTask(3, 0b0010, /*last_cpu=*/1);
  EXPECT_EQ(place(3, CpuId::Any()), 1u);
  EXPECT_EQ(place(3, CpuId(1)), 1u);
  AddTask(4, kAllCpus, /*last_cpu=*/1);
  EXPECT_EQ(place(4, CpuId::Any(), /*preempt=*/true), kCommonRing) << "nothing to interrupt there";
}

TEST_F(PlacementTest, ThenTheCommonRing) {
  EXPECT_EQ(Place(kTask), static_cast<int>(kCommonRing));
  EXPECT_EQ(idle_kicks(), 0u);
  EXPECT_EQ(preemptions(), 0u);
}

TEST_F(PlacementTest, KeepsTheOrderOfTheCommonRing) {
  ASSERT_EQ(Place(kTask), static_cast<int>(kCommonRing));
  memory_.SetIdle(1);
  EXPECT_EQ(Place(kTask), static_cast<int>(kCommonRing));
  EXPECT_EQ(idle_kicks(), 0b10u) << "it went idle meanwhile";
}

TEST_F(PlacementTest, ATaskWithAnAffinityGoesAmongItsCpus) {
  AddTask(2, 0b0011, /*last_cpu=*/1);
  placement_.SetAgentCpu(CpuId(3));
  memory_.SetIdle(2);
  ASSERT_TRUE(channel_.Place({}, 0));
  EXPECT_EQ(Place(2), 1) << "none is free: the shortest ring";
  EXPECT_TRUE(FlagsOfFirst(1) & SCXX_RECORD_PINNED);
  EXPECT_EQ(idle_kicks(), 0u);
  memory_.SetIdle(1);
  ASSERT_EQ(memory_.Take(1, &record_), RING_TAKEN);
  EXPECT_EQ(Place(2), 1);
  EXPECT_EQ(idle_kicks(), 0b10u);
}

TEST_F(PlacementTest, ATaskThatMayNotMigrateStays) {
  memory_.slot(kTask).flags |= SCXX_TASK_NO_MIGRATE;
  placement_.SetAgentCpu(CpuId(0));
  memory_.SetIdle(1);
  EXPECT_EQ(Place(kTask), 2);
}

TEST_F(PlacementTest, TakesTheCpuThatThePolicyNames) {
  EXPECT_EQ(Place(kTask, CpuId(3)), 3);
  EXPECT_TRUE(FlagsOfFirst(3) & SCXX_RECORD_PINNED);
  AddTask(2, 0b0001);
  EXPECT_EQ(Place(2, CpuId(3)), -1);
}

TEST_F(PlacementTest, OtherCpusMayTakeWhatIsMovable) {
  const auto place = [&](const Dispatch& decision) {
    uint32_t ring = 0;
    EXPECT_EQ(placement_.Place(Of(decision), &ring), Placement::Result::kPlaced);
    return FlagsOfFirst(ring) & SCXX_RECORD_PINNED;
  };
  EXPECT_FALSE(place({.task = {.slot = kTask}, .cpu = CpuId(3), .movable = true}));
  EXPECT_TRUE(place({.task = {.slot = kTask}, .cpu = CpuId(1), .preempt = true, .movable = true}));
  AddTask(2, 0b0101);
  EXPECT_TRUE(place({.task = {.slot = 2}, .cpu = CpuId(0), .movable = true}))
      << "not all of them may run it";
}

TEST_F(PlacementTest, AnIdleCpuHearsOfWhatIsMovable) {
  memory_.SetIdle(2);
  const auto place = [&](int cpu) {
    uint32_t ring = 0;
    placement_.Place(Of({.task = {.slot = kTask}, .cpu = CpuId(cpu), .movable = true}), &ring);
    return ring;
  };
  EXPECT_EQ(place(1), 1u) << "it has become busy";
  EXPECT_EQ(idle_kicks(), 0b100u);
  memory_.SetIdle(0);
  EXPECT_EQ(place(0), 0u);
  EXPECT_EQ(idle_kicks(), 0b101u);
}

// It would look at no ring but its own.
TEST_F(PlacementTest, ATakenCpuIsNotToldOfWhatWaitsElsewhere) {
  memory_.SetIdle(0);
  memory_.global().taken = 1;
  memory_.global().taken_mask[0] = 0b1;
  memory_.slot(kTask).cpu = 0;
  EXPECT_EQ(Place(kTask), static_cast<int>(kCommonRing));
  EXPECT_EQ(idle_kicks(), 0u);
  memory_.SetIdle(3);
  EXPECT_EQ(Place(kTask), static_cast<int>(kCommonRing));
  EXPECT_EQ(idle_kicks(), 0b1000u);
}

TEST_F(PlacementTest, NorIsTheReservedCpu) {
  scxx_config config = memory_.config();
  config.agent_cpu = 0 + 1;
  Channel channel(memory_.shared(), config);
  Placement placement(channel);
  memory_.SetIdle(0);
  uint32_t ring = 0;
  placement.Place(Of({.task = {.slot = kTask}, .cpu = CpuId(1), .movable = true}), &ring);
  EXPECT_EQ(ring, 1u);
  EXPECT_EQ(idle_kicks(), 0u);
}

// On more than 64 CPUs as on few: dispatch_test has the CPU that comes for it.
TEST(PlacementOnManyCpus, TheOnlyIdleCpuHearsOfWhatIsMovable) {
  NativeMemory memory(130);
  Channel channel(memory.shared(), memory.config());
  Placement placement(channel);
  memory.slot(1).flags = SCXX_TASK_ALL_CPUS;
  *memory.affinity(1) = ~scxx_u64{0};
  memory.SetIdle(129);
  uint32_t ring = 0;
  placement.Place({.decision = {.task = {.slot = 1}, .cpu = CpuId(2), .movable = true}}, &ring);
  EXPECT_EQ(ring, 2u);
  EXPECT_EQ(memory.agent().kick_idle[2], 0b10u);
}

TEST_F(PlacementTest, InterruptsOnlyACpuThatIsBusy) {
  memory_.SetIdle(1);
  EXPECT_EQ(Place(kTask, CpuId(1), /*preempt=*/true), 1);
  EXPECT_EQ(idle_kicks(), 0b10u);
  EXPECT_EQ(preemptions(), 0u);
  EXPECT_EQ(Place(kTask, CpuId(2), /*preempt=*/true), 2);
  EXPECT_EQ(preemptions(), 0b100u);
}

TEST_F(PlacementTest, APreemptingTaskWithoutACpuInterruptsItsOwn) {
  EXPECT_EQ(Place(kTask, CpuId::Any(), /*preempt=*/true), 2);
  EXPECT_EQ(preemptions(), 0b100u);
}

TEST_F(PlacementTest, SaysWhenThereIsNoRoom) {
  for (uint32_t i = 0; i < SCXX_DISPATCH_RING; ++i) ASSERT_EQ(Place(kTask, CpuId(0)), 0);
  EXPECT_EQ(Place(kTask, CpuId(0)), -2);
}

TEST(RecordOf, TellsAllOfADecision) {
  const scxx_record record = RecordOf({.decision = {.task = {.slot = 3, .generation = 9},
                                                    .slice = Millis(5),
                                                    .order = Vtime(42),
                                                    .pace = 7,
                                                    .lead = Millis(2)},
                                       .enqueue = 17,
                                       .expected_run = Millis(5)});
  EXPECT_EQ(record.slot, 3u);
  EXPECT_EQ(record.enq_cnt, 17u);
  EXPECT_EQ(record.slice, 5'000'000u);
  EXPECT_EQ(record.vtime, 42u);
  EXPECT_EQ(record.pace, 7u);
  EXPECT_EQ(record.lead, 2'000'000);
  EXPECT_EQ(record.flags, SCXX_RECORD_LONG);
}

TEST(RecordOf, ClampsWhatIsTooLong) {
  const scxx_record record = RecordOf({.decision = {.slice = Seconds(9), .lead = Seconds(-9)}});
  EXPECT_EQ(record.slice, UINT32_MAX);
  EXPECT_EQ(record.lead, INT32_MIN);
  EXPECT_EQ(record.flags, 0u);
}

// CPUs 0 and 1 are a core, and 2 and 3.
class PlacementOnSiblingsTest : public PlacementTest {
 protected:
  PlacementOnSiblingsTest() {
    scxx_config config = memory_.config();
    SetCores(Topology::Synthetic({.cores_per_llc = 2, .threads_per_core = 2}).cores(), &config);
    smt_.emplace(memory_.shared(), config);
    smt_placement_.emplace(*smt_);
  }
  uint32_t PlaceSmt(uint32_t slot) {
    uint32_t ring = 0;
    EXPECT_EQ(smt_placement_->Place(Of({.task = {.slot = slot}, .cpu = CpuId::Any()}), &ring),
              Placement::Result::kPlaced);
    return ring;
  }

  std::optional<Channel> smt_;
  std::optional<Placement> smt_placement_;
};

TEST_F(PlacementOnSiblingsTest, ACoreWithNothingToRunComesFirst) {
  for (int cpu : {1, 2, 3}) memory_.SetIdle(cpu);
  AddTask(kTask, kAllCpus, /*last_cpu=*/1);
  EXPECT_EQ(PlaceSmt(kTask), 2u) << "although CPU 1, where it ran last, is idle";
  EXPECT_EQ(PlaceSmt(kTask), 1u) << "something was sent to the other core, and it is back home";
  EXPECT_EQ(PlaceSmt(kTask), 3u);
}

TEST_F(PlacementOnSiblingsTest, TheAgentsCpuCountsAsIdle) {
  smt_placement_->SetAgentCpu(CpuId(1));
  for (int cpu : {0, 2, 3}) memory_.SetIdle(cpu);
  EXPECT_EQ(PlaceSmt(kTask), 1u);
  EXPECT_EQ(PlaceSmt(kTask), 2u) << "where it ran last, and the other CPU of that core is idle";
}

TEST_F(PlacementOnSiblingsTest, TheAgentsCpuComesBehindAWholeCore) {
  smt_placement_->SetAgentCpu(CpuId(1));
  for (int cpu : {2, 3}) memory_.SetIdle(cpu);
  AddTask(kTask, kAllCpus, /*last_cpu=*/0);
  EXPECT_EQ(PlaceSmt(kTask), 2u);
}

TEST_F(PlacementOnSiblingsTest, AnAffinityIsGoneThroughAlike) {
  for (int cpu : {1, 2, 3}) memory_.SetIdle(cpu);
  AddTask(2, 0b0111, /*last_cpu=*/1);
  EXPECT_EQ(PlaceSmt(2), 2u);
}

}  // namespace
}  // namespace scxx
