// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/channel.h"

#include <vector>

#include "absl/types/span.h"
#include "bpf/changes.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/channel/default_config.h"
#include "framework/channel/testing/native_memory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;

class ChannelTest : public testing::Test {
 protected:
  static constexpr uint32_t kCpus = 3;

  // The slots of the events that one read of at most `most` gives.
  std::vector<uint32_t> ReadSlots(size_t most = 16) {
    std::vector<ChannelEvent> events(most);
    events.resize(channel_.ReadEvents(absl::MakeSpan(events)));
    std::vector<uint32_t> slots;
    for (const ChannelEvent& event : events) slots.push_back(event.slot);
    return slots;
  }

  NativeMemory memory_{kCpus};
  Channel channel_{memory_.shared(), memory_.config()};
};

TEST(SharedBytes, AreThoseOfAllMaps) {
  for (const uint32_t cpus : {1, 2, 65, 200}) {
    NativeMemory memory(cpus, /*max_tasks=*/100);
    EXPECT_EQ(SharedBytes(memory.config()), memory.shared().bytes()) << cpus;
  }
}

// Those that could come end the attach when they do.
TEST(SharedBytes, AreFewForCpusThatAreNotOnline) {
  scxx_config config = DefaultConfig(240, 8192);
  SetOnline(CpuSet::FirstN(2), &config);
  EXPECT_LT(SharedBytes(config), SharedBytes(DefaultConfig(2, 8192)) + (3 << 20));
}

// ---- Events ----

TEST_F(ChannelTest, DecodesAnEvent) {
  memory_.PushEvent(1, {.slot = 7, .enqueue = 9, .time = 1234, .kind = SCXX_EVENT_YIELD});
  std::vector<ChannelEvent> events(4);
  ASSERT_EQ(channel_.ReadEvents(absl::MakeSpan(events)), 1u);
  EXPECT_EQ(events[0].slot, 7u);
  EXPECT_EQ(events[0].enqueue, 9u);
  EXPECT_EQ(events[0].time, 1234u);
  EXPECT_EQ(events[0].kind, SCXX_EVENT_YIELD);
}

TEST_F(ChannelTest, OrdersTheEventsOfAllCpusByTime) {
  memory_.PushEvent(0, {.slot = 3, .time = 30});
  memory_.PushEvent(1, {.slot = 1, .time = 10});
  memory_.PushEvent(2, {.slot = 2, .time = 20});
  memory_.PushEvent(1, {.slot = 4, .time = 40});
  EXPECT_THAT(ReadSlots(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(ReadSlots(), ElementsAre());
}

TEST_F(ChannelTest, MakesRoomForTheKernelByReading) {
  while (memory_.PushEvent(0, {})) {
  }
  EXPECT_EQ(ReadSlots(1).size(), 1u);
  EXPECT_TRUE(memory_.PushEvent(0, {}));
  EXPECT_FALSE(memory_.PushEvent(0, {}));
}

TEST_F(ChannelTest, BeginsWithAnotherCpuEachTime) {
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    for (int i = 0; i < 2; ++i) memory_.PushEvent(cpu, {.slot = cpu});
  }
  EXPECT_THAT(ReadSlots(1), ElementsAre(0));
  EXPECT_THAT(ReadSlots(1), ElementsAre(1));
  EXPECT_THAT(ReadSlots(1), ElementsAre(2));
  EXPECT_THAT(ReadSlots(1), ElementsAre(0));
}

// The work is counted: an event of which nobody has spoken stands for a ring nobody looks at.
TEST_F(ChannelTest, ReadsTheRingsThatHaveChangedAndNoOther) {
  ReadSlots();  // at first all of them
  memory_.PushUnsaid(0, {.slot = 1});
  memory_.PushEvent(1, {.slot = 2});
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(), ElementsAre(2));
  note_change(&memory_.agent(), 0);
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(), ElementsAre(1));
}

TEST_F(ChannelTest, GoesOnReadingARingThatAFullBatchLeft) {
  for (uint32_t slot = 1; slot <= 3; ++slot) memory_.PushEvent(0, {.slot = slot});
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(2), ElementsAre(1, 2));
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(2), ElementsAre(3));
}

TEST_F(ChannelTest, SaysOnceWhatHasChanged) {
  channel_.BeginCycle();
  EXPECT_EQ(channel_.TakeChanged(0), 0b111u) << "nothing is known yet";
  memory_.Run(2, /*slot=*/1, /*pid=*/9);
  channel_.BeginCycle();
  channel_.BeginCycle();
  EXPECT_EQ(channel_.TakeChanged(0), 0b100u);
  channel_.BeginCycle();
  EXPECT_EQ(channel_.TakeChanged(0), 0u);
}

// ---- The park ----

TEST_F(ChannelTest, ACycleTakesTheFlag) {
  memory_.agent().pending = 1;
  channel_.BeginCycle();
  EXPECT_EQ(memory_.agent().pending, 0u);
}

TEST_F(ChannelTest, ParksInPeaceWhenAllIsRead) {
  memory_.PushEvent(0, {.slot = 1});
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(), ElementsAre(1));
  channel_.BeforePark();
  EXPECT_EQ(memory_.agent().pending, 0u);
}

// The flag is gone, and nobody but the agent knows that there is more to read.
TEST_F(ChannelTest, IsWokenForEventsThatAFullBatchLeft) {
  for (uint32_t slot = 1; slot <= 3; ++slot) memory_.PushEvent(0, {.slot = slot});
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(2), ElementsAre(1, 2));
  channel_.BeforePark();
  EXPECT_EQ(memory_.agent().pending, 1u);
  channel_.BeginCycle();
  EXPECT_THAT(ReadSlots(2), ElementsAre(3));
  channel_.BeforePark();
  EXPECT_EQ(memory_.agent().pending, 0u);
}

TEST_F(ChannelTest, IsWokenWhenACycleReadNothingAtAll) {
  memory_.PushEvent(0, {.slot = 1});
  channel_.BeginCycle();
  channel_.BeforePark();
  EXPECT_EQ(memory_.agent().pending, 1u);
}

// ---- Tasks ----

TEST_F(ChannelTest, CopiesTheSlotOfAnEvent) {
  memory_.slot(2).pid = 77;
  memory_.Wait(2, /*enqueue=*/5);
  TaskSnapshot task;
  ASSERT_TRUE(channel_.ReadTask({.slot = 2, .enqueue = 5}, &task));
  EXPECT_EQ(task.task.pid, 77);
  EXPECT_EQ(task.id, (TaskId{.slot = 2, .generation = 1}));
}

TEST_F(ChannelTest, AnEventIsVoidOnceItsWaitIsOver) {
  TaskSnapshot task;
  memory_.Wait(2, /*enqueue=*/6);
  EXPECT_FALSE(channel_.ReadTask({.slot = 2, .enqueue = 5}, &task)) << "enqueued again";
  memory_.slot(2).custody = custody_make(1, 6, SCXX_CUSTODY_KERNEL);
  EXPECT_FALSE(channel_.ReadTask({.slot = 2, .enqueue = 6}, &task)) << "taken back";
  EXPECT_FALSE(channel_.ReadTask({.slot = 16, .enqueue = 0}, &task)) << "no such slot";
}

TEST_F(ChannelTest, HoldsATaskUntilItsWaitIsOver) {
  const TaskId task = {.slot = 4, .generation = 1};
  memory_.Wait(4, /*enqueue=*/3);
  EXPECT_TRUE(channel_.IsHeld(task, 3));
  EXPECT_FALSE(channel_.IsHeld(task, 2));
  EXPECT_FALSE(channel_.IsHeld({.slot = 4, .generation = 2}, 3));
  memory_.slot(4).custody = custody_make(1, 3, SCXX_CUSTODY_DISPATCHED);
  EXPECT_FALSE(channel_.IsHeld(task, 3));
}

TEST_F(ChannelTest, ReportsExitsInOrder) {
  memory_.PushGone(5, 1);
  memory_.PushGone(6, 2);
  TaskId task;
  ASSERT_TRUE(channel_.ReadGone(&task));
  EXPECT_EQ(task, (TaskId{.slot = 5, .generation = 1}));
  ASSERT_TRUE(channel_.ReadGone(&task));
  EXPECT_EQ(task, (TaskId{.slot = 6, .generation = 2}));
  EXPECT_FALSE(channel_.ReadGone(&task));
  EXPECT_EQ(memory_.agent().gone_head, 2u);
}

TEST_F(ChannelTest, KnowsWhereATaskMayRun) {
  memory_.SetAffinity(1, 0b101);
  EXPECT_TRUE(channel_.Allowed(1, CpuId(0)));
  EXPECT_FALSE(channel_.Allowed(1, CpuId(1)));
  const CpuSet cpus = channel_.Affinity(1);
  EXPECT_THAT(std::vector<CpuId>(cpus.begin(), cpus.end()), ElementsAre(CpuId(0), CpuId(2)));
}

// ---- Dispatch ----

TEST_F(ChannelTest, PlacesRecordsInOrder) {
  ASSERT_TRUE(channel_.Place({.slot = 1, .enq_cnt = 2, .slice = 3, .vtime = 4, .flags = 5}, 1));
  ASSERT_TRUE(channel_.Place({.slot = 6}, 1));
  EXPECT_EQ(channel_.Waiting(1), 2u);
  EXPECT_EQ(channel_.Waiting(channel_.any_ring()), 0u);
  scxx_record record;
  ASSERT_EQ(memory_.Take(1, &record), RING_TAKEN);
  EXPECT_EQ(record.slot, 1u);
  EXPECT_EQ(record.enq_cnt, 2u);
  EXPECT_EQ(record.slice, 3u);
  EXPECT_EQ(record.vtime, 4u);
  EXPECT_EQ(record.flags, 5u);
  EXPECT_EQ(channel_.Waiting(1), 1u);
  EXPECT_EQ(channel_.Head(1), 1u);
  ASSERT_EQ(memory_.Take(1, &record), RING_TAKEN);
  EXPECT_EQ(record.slot, 6u);
}

TEST_F(ChannelTest, SaysWhenARingIsFull) {
  for (uint32_t i = 0; i < SCXX_DISPATCH_RING; ++i) ASSERT_TRUE(channel_.Place({.slot = i}, 0));
  EXPECT_FALSE(channel_.Place({}, 0));
  scxx_record record;
  ASSERT_EQ(memory_.Take(0, &record), RING_TAKEN);
  EXPECT_TRUE(channel_.Place({}, 0));
}

TEST_F(ChannelTest, CollectsKicksUntilThePark) {
  channel_.KickIdle(CpuId(0));
  channel_.KickIdle(CpuId(2));
  channel_.Preempt(CpuId(1));
  EXPECT_EQ(memory_.agent().kick_idle[0], 0b101u);
  EXPECT_EQ(memory_.agent().kick_preempt[0], 0b010u);
}

TEST_F(ChannelTest, AFreeCpuIsIdleWithNothingComing) {
  EXPECT_EQ(channel_.FindFree(nullptr, CpuId::None()), CpuId::None());
  memory_.SetIdle(1);
  memory_.SetIdle(2);
  EXPECT_EQ(channel_.FindFree(nullptr, CpuId::None()), CpuId(1));
  EXPECT_EQ(channel_.FindFree(nullptr, CpuId(1)), CpuId(2));
  ASSERT_TRUE(channel_.Place({}, 1));
  EXPECT_EQ(channel_.FindFree(nullptr, CpuId::None()), CpuId(2));
  const CpuSet first_two = CpuSet::FirstN(2);
  EXPECT_EQ(channel_.FindFree(&first_two, CpuId::None()), CpuId::None());
}

TEST_F(ChannelTest, SeesWhatACpuWasGiven) {
  memory_.cpu(2).owner_pid = 9;
  memory_.cpu(2).owner_slot = 4;
  memory_.cpu(2).owner_since = 500;
  const Channel::Owner owner = channel_.CpuOwner(CpuId(2));
  EXPECT_EQ(owner.pid, 9);
  EXPECT_EQ(owner.slot, 4u);
  EXPECT_EQ(owner.since, 500u);
}

TEST_F(ChannelTest, TellsTheKernelWhatThePolicyHolds) {
  channel_.SetQueued(3, 4);
  EXPECT_EQ(memory_.agent().nr_queued, 3u);
  EXPECT_EQ(channel_.nr_queued(), 3u);
  EXPECT_EQ(channel_.nr_scheduled(), 4u);
}

// A new agent may find rings that an earlier one has used.
TEST_F(ChannelTest, GoesOnWhereTheRingStands) {
  ASSERT_TRUE(channel_.Place({.slot = 1}, 0));
  Channel next(memory_.shared(), memory_.config());
  ASSERT_TRUE(next.Place({.slot = 2}, 0));
  scxx_record record;
  ASSERT_EQ(memory_.Take(0, &record), RING_TAKEN);
  EXPECT_EQ(record.slot, 1u);
  ASSERT_EQ(memory_.Take(0, &record), RING_TAKEN);
  EXPECT_EQ(record.slot, 2u);
}

}  // namespace
}  // namespace scxx
