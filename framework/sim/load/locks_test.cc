// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/load/locks.h"

#include <vector>

#include "gtest/gtest.h"

namespace scxx::sim {
namespace {

using Tasks = Locks::Tasks;

class LocksTest : public testing::Test {
 protected:
  Tasks Unlock(uint32_t mutex) {
    Tasks woken;
    locks_.Unlock(mutex, &woken);
    return woken;
  }
  Tasks AwaitSignal(uint32_t condition, uint32_t mutex, uint32_t task) {
    Tasks woken;
    locks_.AwaitSignal(condition, mutex, task, &woken);
    return woken;
  }
  Tasks Signal(uint32_t condition) {
    Tasks woken;
    locks_.Signal(condition, &woken);
    return woken;
  }
  Tasks Broadcast(uint32_t condition) {
    Tasks woken;
    locks_.Broadcast(condition, &woken);
    return woken;
  }
  Tasks Arrive(uint32_t barrier, uint32_t task) {
    Tasks woken;
    locks_.Arrive(barrier, task, &woken);
    return woken;
  }
  Tasks Forget(uint32_t task) {
    Tasks woken;
    locks_.Forget(task, &woken);
    return woken;
  }

  Tasks Post(uint32_t semaphore) {
    Tasks woken;
    locks_.Post(semaphore, &woken);
    return woken;
  }
  Tasks Ring(uint32_t bell, uint32_t by) {
    Tasks woken;
    locks_.Ring(bell, by, &woken);
    return woken;
  }

  Locks locks_{{.mutexes = 2, .conditions = 2, .barriers = 2, .semaphores = 2, .bells = 2}};
};

TEST_F(LocksTest, AMutexIsHandedOverInTheOrderOfArrival) {
  EXPECT_TRUE(locks_.Lock(0, 5));
  EXPECT_FALSE(locks_.Lock(0, 9));
  EXPECT_FALSE(locks_.Lock(0, 7));
  EXPECT_EQ(locks_.waiting(), 2u);
  EXPECT_EQ(Unlock(0), Tasks{9});
  EXPECT_TRUE(locks_.Has(0, 9));
  EXPECT_FALSE(locks_.Waits(9));
  EXPECT_FALSE(locks_.Lock(0, 5));  // nobody overtakes
  EXPECT_EQ(Unlock(0), Tasks{7});
  EXPECT_EQ(Unlock(0), Tasks{5});
  EXPECT_EQ(Unlock(0), Tasks{});
  EXPECT_EQ(locks_.OwnerOf(0), Locks::kNobody);
  EXPECT_EQ(locks_.waiting(), 0u);
}

TEST_F(LocksTest, MutexesAreIndependent) {
  EXPECT_TRUE(locks_.Lock(0, 1));
  EXPECT_TRUE(locks_.Lock(1, 2));
  EXPECT_EQ(Unlock(1), Tasks{});
  EXPECT_TRUE(locks_.Has(0, 1));
}

TEST_F(LocksTest, AWaitGivesItsMutexAndComesBackWithIt) {
  locks_.Lock(0, 1);
  locks_.Lock(0, 2);
  EXPECT_EQ(AwaitSignal(0, 0, 1), Tasks{2});
  EXPECT_EQ(locks_.WhatFor(1).kind, Locks::Wait::kCondition);
  // The mutex is 2's: 1 waits for it where it sleeps.
  EXPECT_EQ(Signal(0), Tasks{});
  EXPECT_EQ(locks_.WhatFor(1).kind, Locks::Wait::kMutex);
  EXPECT_EQ(Unlock(0), Tasks{1});
  EXPECT_TRUE(locks_.Has(0, 1));
}

TEST_F(LocksTest, ASignalWakesTheFirstAndIsLostIfNobodyWaits) {
  EXPECT_EQ(Signal(0), Tasks{});
  for (const uint32_t task : {4, 3}) {
    locks_.Lock(0, task);
    AwaitSignal(0, 0, task);
  }
  EXPECT_EQ(Signal(1), Tasks{});
  EXPECT_EQ(Signal(0), Tasks{4});
  EXPECT_EQ(locks_.WhatFor(3).kind, Locks::Wait::kCondition);
}

TEST_F(LocksTest, ABroadcastLetsAllGoOnOneAfterAnother) {
  for (const uint32_t task : {4, 3, 8}) {
    locks_.Lock(0, task);
    AwaitSignal(0, 0, task);
  }
  EXPECT_EQ(Broadcast(0), Tasks{4});
  EXPECT_EQ(Unlock(0), Tasks{3});
  EXPECT_EQ(Unlock(0), Tasks{8});
  EXPECT_EQ(locks_.waiting(), 0u);
}

TEST_F(LocksTest, ABarrierOpensWhenAllAreThereAndAgain) {
  for (int i = 0; i < 3; ++i) locks_.Join(1);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Arrive(1, 2), Tasks{});
    EXPECT_EQ(Arrive(1, 1), Tasks{});
    EXPECT_EQ(locks_.waiting(), 2u);
    EXPECT_EQ(Arrive(1, 3), (Tasks{2, 1}));
    EXPECT_EQ(locks_.waiting(), 0u);
  }
}

TEST_F(LocksTest, WhoeverLeavesABarrierIsNotWaitedFor) {
  for (int i = 0; i < 3; ++i) locks_.Join(0);
  Arrive(0, 1);
  Arrive(0, 2);
  Tasks woken;
  locks_.Leave(0, &woken);
  EXPECT_EQ(woken, (Tasks{1, 2}));
}

TEST_F(LocksTest, ASemaphoreLetsAsManyGoOnAsItWasGiven) {
  locks_.Set(0, 1);
  EXPECT_TRUE(locks_.Take(0, 5));
  EXPECT_FALSE(locks_.Take(0, 9));
  EXPECT_FALSE(locks_.Take(0, 7));
  EXPECT_EQ(locks_.WhatFor(7).kind, Locks::Wait::kSemaphore);
  EXPECT_EQ(Post(0), Tasks{9});
  EXPECT_EQ(Post(0), Tasks{7});
  EXPECT_EQ(locks_.waiting(), 0u);
  EXPECT_EQ(Post(0), Tasks{});
  EXPECT_TRUE(locks_.Take(0, 5));
  EXPECT_FALSE(locks_.Take(1, 5));
}

TEST_F(LocksTest, ABellRingsForAllWhoHearIt) {
  for (const uint32_t task : {1, 2, 3}) locks_.Hear(0, task);
  EXPECT_FALSE(locks_.AwaitRing(0, 3));
  EXPECT_FALSE(locks_.AwaitRing(0, 1));
  EXPECT_EQ(Ring(1, 9), Tasks{});
  EXPECT_EQ(Ring(0, 9), (Tasks{3, 1}));
  EXPECT_EQ(locks_.waiting(), 0u);
}

// A ring that comes too early is kept, once, but not for the task that rings.
TEST_F(LocksTest, ARingIsKeptForThoseWhoDoNotWaitYet) {
  for (const uint32_t task : {1, 2}) locks_.Hear(0, task);
  Ring(0, 1);
  Ring(0, 1);
  EXPECT_FALSE(locks_.AwaitRing(0, 1));
  EXPECT_TRUE(locks_.AwaitRing(0, 2));
  EXPECT_FALSE(locks_.AwaitRing(0, 2));
}

TEST_F(LocksTest, AnExitLeavesSemaphoresAndBells) {
  locks_.Hear(0, 1);
  locks_.Hear(0, 2);
  locks_.AwaitRing(0, 1);
  locks_.Take(0, 3);
  Forget(1);
  Forget(3);
  EXPECT_EQ(locks_.waiting(), 0u);
  EXPECT_EQ(Ring(0, 9), Tasks{});
  EXPECT_EQ(Post(0), Tasks{});
  EXPECT_TRUE(locks_.Take(0, 4));
}

TEST_F(LocksTest, AnExitGivesMutexesAndLeavesQueues) {
  locks_.Lock(0, 1);
  locks_.Lock(1, 1);
  locks_.Lock(0, 2);
  locks_.Lock(0, 3);
  EXPECT_EQ(Forget(2), Tasks{});
  EXPECT_EQ(locks_.waiting(), 1u);
  EXPECT_EQ(Forget(1), Tasks{3});
  EXPECT_TRUE(locks_.Lock(1, 4));
  AwaitSignal(0, 1, 4);
  EXPECT_EQ(Forget(4), Tasks{});
  EXPECT_EQ(Signal(0), Tasks{});
  EXPECT_EQ(locks_.waiting(), 0u);
}

TEST_F(LocksTest, ARingOfWaitersIsADeadlock) {
  locks_.Lock(0, 1);
  locks_.Lock(1, 2);
  locks_.Lock(1, 1);
  EXPECT_TRUE(locks_.deadlock().empty());
  locks_.Lock(0, 2);
  EXPECT_EQ(locks_.deadlock(), (Tasks{2, 1}));
}

TEST_F(LocksTest, WhoeverWaitsForItselfIsOne) {
  locks_.Lock(0, 1);
  locks_.Lock(0, 1);
  EXPECT_EQ(locks_.deadlock(), Tasks{1});
}

// 1 has mutex 0 and waits for a condition with mutex 1. 2 has mutex 1 and waits for mutex 0.
TEST_F(LocksTest, ASignalMayCloseTheRing) {
  locks_.Lock(0, 1);
  locks_.Lock(1, 1);
  AwaitSignal(0, 1, 1);
  locks_.Lock(1, 2);
  locks_.Lock(0, 2);
  EXPECT_TRUE(locks_.deadlock().empty());
  EXPECT_EQ(Signal(0), Tasks{});
  EXPECT_EQ(locks_.deadlock(), (Tasks{1, 2}));
}

}  // namespace
}  // namespace scxx::sim
