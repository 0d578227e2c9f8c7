// SPDX-License-Identifier: Apache-2.0
#include "tools/load/start_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tools/load/child.h"
#include "tools/load/clock.h"
#include "tools/load/shared_array.h"

namespace scxx::load {
namespace {

TEST(StartGateTest, NobodyPassesBeforeItOpens) {
  constexpr int kTasks = 8;
  StartGate gate;
  std::atomic<int> passed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kTasks; ++i) {
    threads.emplace_back([&] {
      EXPECT_EQ(gate.ArriveAndWait(), Instant(42));
      ++passed;
    });
  }
  EXPECT_TRUE(gate.AwaitArrivals(kTasks, kForever));
  EXPECT_EQ(passed.load(), 0);
  gate.Open(Instant(42));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed.load(), kTasks);
}

TEST(StartGateTest, WaitingForTooManyEndsAtTheDeadline) {
  StartGate gate;
  EXPECT_FALSE(gate.AwaitArrivals(1, Now()));
}

TEST(StartGateTest, WorksAcrossProcesses) {
  const auto gates = SharedArray<StartGate>::Create(1);
  ASSERT_TRUE(gates.ok());
  StartGate& gate = (*gates)[0];
  const auto child = ForkChild([&] { gate.ArriveAndWait(); });
  ASSERT_TRUE(child.ok());
  EXPECT_TRUE(gate.AwaitArrivals(1, kForever));
  gate.Open(Now());
  EXPECT_EQ(Reap(*child), 0);
}

TEST(StartGateTest, ALateArrivalPassesAnOpenGate) {
  StartGate gate;
  gate.Open(Instant(7));
  EXPECT_EQ(gate.ArriveAndWait(), Instant(7));
}

}  // namespace
}  // namespace scxx::load
