// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/event_queue.h"

#include <cstdint>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "framework/base/random.h"

namespace scxx::sim {
namespace {

using testing::ElementsAre;

TEST(EventQueue, OrdersByTimeThenKindThenScheduling) {
  EventQueue queue;
  const Instant now = queue.now();
  queue.Schedule(now + Nanos(5), SimEventKind::kIpi, 1);
  queue.Schedule(now + Nanos(1), SimEventKind::kWake, 2);
  queue.Schedule(now + Nanos(1), SimEventKind::kWake, 3);
  queue.Schedule(now + Nanos(1), SimEventKind::kTick, 4);
  std::vector<uint32_t> targets;
  while (!queue.empty()) targets.push_back(queue.Pop().target);
  EXPECT_THAT(targets, ElementsAre(4, 2, 3, 1));
  EXPECT_EQ(queue.now(), now + Nanos(5));
  EXPECT_EQ(queue.popped(), 4u);
}

TEST(EventQueue, KeepsOrderAmongManyThatComeAndGo) {
  EventQueue queue;
  Random random(1);
  std::tuple<Instant, uint64_t> last = {};
  for (int i = 0; i < 20'000; ++i) {
    if (queue.empty() || random.OneIn(2)) {
      queue.Schedule(queue.now() + Nanos(1 + static_cast<int64_t>(random.Below(50))),
                     random.OneIn(2) ? SimEventKind::kWake : SimEventKind::kTick);
      continue;
    }
    EXPECT_LE(queue.next_time(), queue.now() + Nanos(50));
    const Event event = queue.Pop();
    const std::tuple<Instant, uint64_t> at = {event.time, event.order};
    ASSERT_LT(last, at);
    last = at;
  }
}

TEST(EventQueue, WhatWasDueInASkippedTimeComesLateAndInOrder) {
  EventQueue queue;
  const Instant begin = queue.now();
  queue.Schedule(begin + Nanos(20), SimEventKind::kBurst, 2);
  queue.Schedule(begin + Nanos(10), SimEventKind::kWake, 1);
  queue.Schedule(begin + Nanos(40), SimEventKind::kIpi, 3);
  queue.Skip(Nanos(30));
  EXPECT_EQ(queue.next_time(), begin + Nanos(30));
  EXPECT_EQ(queue.Pop().target, 1u);
  EXPECT_EQ(queue.now(), begin + Nanos(30));
  EXPECT_EQ(queue.Pop().target, 2u);
  EXPECT_EQ(queue.now(), begin + Nanos(30));
  EXPECT_EQ(queue.Pop().target, 3u);
  EXPECT_EQ(queue.now(), begin + Nanos(40));
}

}  // namespace
}  // namespace scxx::sim
