// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/counter.h"

#include <cstdint>
#include <thread>

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Counter, Counts) {
  Counter counter;
  counter.Add();
  counter.Add(41);
  EXPECT_EQ(counter.value(), 42u);
}

TEST(Counter, IsReadWhileItIsWritten) {
  constexpr uint64_t kTotal = 100'000;
  Counter counter;
  std::thread writer([&] {
    for (uint64_t i = 0; i < kTotal; ++i) counter.Add();
  });
  uint64_t last = 0;
  while (last < kTotal) {
    uint64_t value = counter.value();
    ASSERT_GE(value, last);
    last = value;
  }
  writer.join();
}

TEST(Gauge, HoldsTheLatestValue) {
  Gauge gauge;
  gauge.Set(7);
  gauge.Set(3);
  EXPECT_EQ(gauge.value(), 3u);
}

}  // namespace
}  // namespace scxx
