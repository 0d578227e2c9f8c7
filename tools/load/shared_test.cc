// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "framework/base/process/process.h"
#include "tools/load/clock.h"
#include "tools/load/shared.h"

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
  auto child = Process::Fork([&] { gate.ArriveAndWait(); });
  ASSERT_TRUE(child.ok());
  EXPECT_TRUE(gate.AwaitArrivals(1, kForever));
  gate.Open(Now());
  EXPECT_TRUE(child->Wait().ok());
}

TEST(StartGateTest, ALateArrivalPassesAnOpenGate) {
  StartGate gate;
  gate.Open(Instant(7));
  EXPECT_EQ(gate.ArriveAndWait(), Instant(7));
}

TEST(PipeTest, CarriesAWholeMessageBetweenProcesses) {
  const auto pipe = Pipe::Create();
  ASSERT_TRUE(pipe.ok());
  auto child = Process::Fork([&] { (*pipe)->Write(std::vector<char>(Pipe::kAtomicBytes, 'x')); });
  ASSERT_TRUE(child.ok());
  std::vector<char> message(Pipe::kAtomicBytes);
  EXPECT_TRUE((*pipe)->Read(message));
  EXPECT_EQ(message, std::vector<char>(Pipe::kAtomicBytes, 'x'));
  EXPECT_TRUE(child->Wait().ok());
}

}  // namespace

}  // namespace scxx::load
