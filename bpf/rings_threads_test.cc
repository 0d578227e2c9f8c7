// SPDX-License-Identifier: Apache-2.0
// The rings and the custody word between threads: nothing is lost, doubled or torn. Worth most
// under the thread sanitizer.

#include "bpf/rings.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "bpf/custody.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// Runs `body(i)` on threads of their own, all at once, to their end.
template <typename Body>
void OnThreads(int n, const Body& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

// One producer with interrupts off, one consumer, a ring that is often full.
TEST(EventRingThreads, EveryEventArrivesOnceInOrder) {
  constexpr uint32_t kEvents = 20'000;
  constexpr uint32_t kMask = 7;
  scxx_event ring[kMask + 1] = {};
  scxx_u64 tail = 0;
  scxx_u64 head = 0;
  std::thread producer([&] {
    for (uint32_t i = 0; i < kEvents;) {
      if (event_push(&tail, &head, ring, kMask, i, i + 1, i + 2)) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  for (uint32_t i = 0; i < kEvents; ++i) {
    while (sx_read_acquire(&tail) == i) std::this_thread::yield();
    const scxx_event event = ring[i & kMask];
    ASSERT_EQ(event.slot_kind, i);
    ASSERT_EQ(event.enq_cnt, i + 1);
    ASSERT_EQ(event.time, i + 2);
    sx_write(&head, i + 1);
  }
  producer.join();
}

// One agent, several CPUs that claim: thieves and the "any CPU" ring. `written` stands for all that
// the agent has written before it published a record. Nothing but the tail leads a CPU to it, and
// the thread sanitizer objects if the tail does not.
TEST(DispatchRingThreads, EveryRecordIsTakenOnceAndWhole) {
  constexpr uint32_t kRecords = 20'000;
  constexpr int kCpus = 3;
  auto ring = std::make_unique<scxx_dispatch_ring>();
  scxx_u64 head = 0;
  std::vector<uint32_t> written(kRecords);
  std::vector<std::atomic<int>> taken(kRecords);
  std::atomic<uint32_t> total = 0;
  std::atomic<int> torn = 0;
  const auto produce = [&] {
    for (uint32_t i = 0; i < kRecords; ++i) {
      while (i - sx_read(&head) >= SCXX_DISPATCH_RING) std::this_thread::yield();
      const scxx_record record = {
          .slot = i, .enq_cnt = i ^ 5, .slice = i + 7, .vtime = i * 3ull, .flags = 0};
      written[i] = i + 9;
      record_store(&ring->records[i & (SCXX_DISPATCH_RING - 1)], &record);
      sx_swap(&ring->tail, i + 1ull);
    }
  };
  const auto consume = [&] {
    while (total < kRecords) {
      scxx_record record;
      if (ring_claim(&head, ring.get(), /*unpinned_only=*/false, &record) != RING_TAKEN) {
        std::this_thread::yield();
        continue;
      }
      torn += record.enq_cnt != (record.slot ^ 5) || record.slice != record.slot + 7ull ||
              record.vtime != record.slot * 3ull;
      if (record.slot < kRecords) {
        ++taken[record.slot];
        torn += written[record.slot] != record.slot + 9;
      }
      ++total;
    }
  };
  OnThreads(kCpus + 1, [&](int i) { i == 0 ? produce() : consume(); });
  EXPECT_EQ(torn, 0);
  for (uint32_t i = 0; i < kRecords; ++i) ASSERT_EQ(taken[i], 1) << i;
}

// Exits are reported from any CPU.
TEST(GoneRingThreads, EveryReportIsWholeAndThereOnce) {
  constexpr uint32_t kReports = 1000;
  constexpr int kCpus = 3;
  auto ring = std::make_unique<scxx_gone_ring>();
  OnThreads(kCpus, [&](int cpu) {
    for (uint32_t i = 0; i < kReports; ++i) gone_push(ring.get(), 0, i, cpu);
  });
  ASSERT_EQ(ring->tail, kCpus * kReports);
  std::vector<int> seen(kReports);
  for (uint32_t i = 0; i < kCpus * kReports; ++i) {
    EXPECT_EQ(ring->entries[i].turn, i + 1u);
    ++seen[ring->entries[i].slot];
  }
  for (uint32_t i = 0; i < kReports; ++i) ASSERT_EQ(seen[i], kCpus) << i;
}

// ops.enqueue begins waiting periods; dispatchers, the lease and re-enqueues end them.
TEST(CustodyThreads, EveryWaitEndsOnce) {
  constexpr uint32_t kWaits = 20'000;
  constexpr int kTakers = 3;
  scxx_u64 custody = custody_make(1, 0, SCXX_CUSTODY_KERNEL);
  std::vector<std::atomic<int>> ended(kWaits + 1);
  std::atomic<bool> over = false;
  const auto enqueue = [&] {
    for (uint32_t i = 0; i < kWaits; ++i) {
      const scxx_u64 before = sx_swap(&custody, custody_next(sx_read(&custody)));
      if (custody_state(before) == SCXX_CUSTODY_USER) ++ended[custody_count(before)];
    }
    over = true;
  };
  const auto take = [&](uint32_t to) {
    while (!over) {
      const scxx_u64 word = sx_read(&custody);
      if (custody_state(word) == SCXX_CUSTODY_USER && custody_take(&custody, word, to)) {
        ++ended[custody_count(word)];
      }
    }
  };
  OnThreads(kTakers + 1, [&](int i) {
    i == 0 ? enqueue() : take(i == 1 ? SCXX_CUSTODY_KERNEL : SCXX_CUSTODY_DISPATCHED);
  });
  for (uint32_t i = 1; i < kWaits; ++i) ASSERT_EQ(ended[i], 1) << i;
  EXPECT_EQ(ended[kWaits] + (custody_state(custody) == SCXX_CUSTODY_USER), 1);
}

}  // namespace
}  // namespace scxx
