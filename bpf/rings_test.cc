// SPDX-License-Identifier: Apache-2.0
#include "bpf/rings.h"

#include <cstdint>
#include <memory>

#include "gtest/gtest.h"

namespace scxx {
namespace {

// ---- Event ring ----

class EventRing : public testing::Test {
 protected:
  static constexpr uint32_t kMask = 3;

  bool Push(uint32_t slot_kind = 1) {
    return event_push(&tail, &head, ring, kMask, slot_kind, 5, 1000);
  }

  scxx_event ring[kMask + 1] = {};
  scxx_u64 tail = 0;
  scxx_u64 head = 0;
};

TEST_F(EventRing, KeepsWhatWasPushed) {
  ASSERT_TRUE(Push(scxx_slot_kind(9, SCXX_EVENT_YIELD)));
  EXPECT_EQ(tail, 1u);
  EXPECT_EQ(ring[0].slot_kind, 9u | SCXX_EVENT_YIELD << 24);
  EXPECT_EQ(ring[0].enq_cnt, 5u);
  EXPECT_EQ(ring[0].time, 1000u);
}

TEST_F(EventRing, HoldsAsManyAsItHasEntries) {
  for (uint32_t i = 0; i <= kMask; ++i) EXPECT_TRUE(Push());
  EXPECT_FALSE(Push());
  EXPECT_EQ(tail, kMask + 1);
}

TEST_F(EventRing, HasRoomAgainOnceTheAgentHasRead) {
  for (uint32_t i = 0; i <= kMask; ++i) ASSERT_TRUE(Push());
  head = 1;
  EXPECT_TRUE(Push(77));
  EXPECT_EQ(ring[0].slot_kind, 77u);
  EXPECT_FALSE(Push());
}

// The head is the agent's word. Whatever it holds, the ring is full at worst.
TEST_F(EventRing, RefusesAHeadThatIsNonsense) {
  tail = 10;
  for (scxx_u64 garbage : {scxx_u64{11}, scxx_u64{1} << 63, ~scxx_u64{0}, scxx_u64{0}}) {
    head = garbage;
    EXPECT_FALSE(Push()) << garbage;
  }
  EXPECT_EQ(tail, 10u);
}

TEST(SlotKind, SlotStaysWithinItsBits) {
  EXPECT_EQ(scxx_slot_kind(SCXX_MAX_SLOTS + 3, SCXX_EVENT_NEW), 3u | SCXX_EVENT_NEW << 24);
}

// ---- Dispatch ring ----

class DispatchRing : public testing::Test {
 protected:
  void Publish(uint32_t slot, uint32_t flags = 0) {
    ring->records[ring->tail & (SCXX_DISPATCH_RING - 1)] = {
        .slot = slot, .enq_cnt = 1, .slice = 2, .vtime = 3, .flags = flags};
    ++ring->tail;
  }
  int Claim(bool unpinned_only = false) {
    return ring_claim(&head, ring.get(), unpinned_only, &record);
  }

  std::unique_ptr<scxx_dispatch_ring> ring = std::make_unique<scxx_dispatch_ring>();
  scxx_u64 head = 0;
  scxx_record record = {};
};

TEST_F(DispatchRing, IsEmptyAtFirst) {
  EXPECT_EQ(Claim(), RING_EMPTY);
  EXPECT_EQ(ring_waiting(&head, ring.get()), 0u);
}

TEST_F(DispatchRing, GivesEachRecordOnceInOrder) {
  Publish(4);
  Publish(5);
  EXPECT_EQ(ring_waiting(&head, ring.get()), 2u);
  EXPECT_EQ(Claim(), RING_TAKEN);
  EXPECT_EQ(record.slot, 4u);
  EXPECT_EQ(record.slice, 2u);
  EXPECT_EQ(record.vtime, 3u);
  EXPECT_EQ(Claim(), RING_TAKEN);
  EXPECT_EQ(record.slot, 5u);
  EXPECT_EQ(Claim(), RING_EMPTY);
}

TEST_F(DispatchRing, CanBeFull) {
  for (uint32_t i = 0; i < SCXX_DISPATCH_RING; ++i) Publish(i);
  for (uint32_t i = 0; i < SCXX_DISPATCH_RING; ++i) {
    ASSERT_EQ(Claim(), RING_TAKEN);
    ASSERT_EQ(record.slot, i);
  }
}

TEST_F(DispatchRing, ATailThatPromisesMoreThanTheRingHoldsIsBad) {
  for (scxx_u64 tail : {scxx_u64{SCXX_DISPATCH_RING + 1}, scxx_u64{1} << 63, ~scxx_u64{0}}) {
    ring->tail = tail;
    EXPECT_EQ(Claim(), RING_BAD);
    EXPECT_EQ(head, 0u);
  }
}

TEST_F(DispatchRing, ATailBehindTheHeadIsBad) {
  head = 10;
  ring->tail = 9;
  EXPECT_EQ(Claim(), RING_BAD);
  EXPECT_EQ(head, 10u);
}

TEST_F(DispatchRing, WorksAgainOnceTheTailMakesSense) {
  ring->tail = ~scxx_u64{0};
  ASSERT_EQ(Claim(), RING_BAD);
  ring->tail = 0;
  Publish(8);
  EXPECT_EQ(Claim(), RING_TAKEN);
  EXPECT_EQ(record.slot, 8u);
}

TEST_F(DispatchRing, AThiefLeavesAPinnedRecord) {
  Publish(1, SCXX_RECORD_PINNED);
  EXPECT_EQ(Claim(/*unpinned_only=*/true), RING_EMPTY);
  EXPECT_EQ(head, 0u);
  EXPECT_EQ(Claim(), RING_TAKEN);
}

TEST_F(DispatchRing, AThiefTakesAnUnpinnedRecordOnly) {
  Publish(1);
  Publish(2, SCXX_RECORD_PINNED);
  Publish(3);
  EXPECT_EQ(Claim(/*unpinned_only=*/true), RING_TAKEN);
  EXPECT_EQ(Claim(/*unpinned_only=*/true), RING_EMPTY);  // order is kept: 3 waits behind 2
}

// ---- Gone ring ----

class GoneRing : public testing::Test {
 protected:
  std::unique_ptr<scxx_gone_ring> ring = std::make_unique<scxx_gone_ring>();
};

TEST_F(GoneRing, ReportsInOrder) {
  gone_push(ring.get(), 0, 7, 1);
  gone_push(ring.get(), 0, 8, 2);
  EXPECT_EQ(ring->tail, 2u);
  EXPECT_EQ(ring->entries[0].turn, 1u);
  EXPECT_EQ(ring->entries[0].slot, 7u);
  EXPECT_EQ(ring->entries[0].generation, 1u);
  EXPECT_EQ(ring->entries[1].turn, 2u);
  EXPECT_EQ(ring->entries[1].slot, 8u);
}

TEST_F(GoneRing, NeverOverwritesWhatTheAgentHasNotRead) {
  for (uint32_t i = 0; i < 2 * SCXX_GONE_RING; ++i) gone_push(ring.get(), 0, i, 0);
  EXPECT_EQ(ring->tail, SCXX_GONE_RING);
  EXPECT_EQ(ring->entries[0].slot, 0u);
}

TEST_F(GoneRing, GoesOnOnceTheAgentHasRead) {
  for (uint32_t i = 0; i < 2 * SCXX_GONE_RING; ++i) gone_push(ring.get(), ring->tail, i, 0);
  EXPECT_EQ(ring->tail, 2 * SCXX_GONE_RING);
}

TEST_F(GoneRing, RefusesAHeadThatIsNonsense) {
  ring->tail = 10;
  gone_push(ring.get(), 11, 7, 1);
  gone_push(ring.get(), ~scxx_u64{0} << 40, 7, 1);
  EXPECT_LE(ring->tail, 11u);  // a report more or less, never a stray write
}

}  // namespace
}  // namespace scxx
