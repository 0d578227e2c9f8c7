// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/dispatcher_stats.h"
#include "absl/strings/string_view.h"

#include <cstddef>
#include <set>

#include "framework/channel/testing/native_memory.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(DispatcherCounters, DescribeEachCounterOnceInOrder) {
  std::set<absl::string_view> names;
  int id = 0;
  for (const auto& [counter, figure] : DispatcherCounters()) {
    EXPECT_EQ(counter, id++) << figure.name;
    EXPECT_TRUE(names.insert(figure.name).second) << figure.name;
    EXPECT_FALSE(figure.unit.empty()) << figure.name;
    EXPECT_FALSE(figure.help.empty()) << figure.name;
  }
  EXPECT_EQ(id, SCXX_NR_COUNTERS);
}

TEST(DispatcherStats, AddUpTheCpus) {
  NativeMemory memory(2);
  memory.cpu(0).counters[SCXX_CNT_QUEUED] = 10;
  memory.cpu(1).counters[SCXX_CNT_QUEUED] = 5;
  memory.cpu(1).counters[SCXX_CNT_DISPATCHED] = 8;
  memory.cpu(0).counters[SCXX_CNT_CANCELLED] = 1;
  memory.cpu(1).counters[SCXX_CNT_RECLAIMED] = 2;
  memory.cpu(0).counters[SCXX_CNT_GONE] = 3;
  memory.cpu(1).owner_pid = 44;
  const DispatcherStats stats = ReadDispatcherStats(memory.shared(), 2);
  EXPECT_EQ(stats[SCXX_CNT_QUEUED], 15u);
  EXPECT_EQ(stats.InCustody(), 1);
  EXPECT_EQ(stats.running, 1u);
  EXPECT_FALSE(stats.fallback);
  EXPECT_EQ(stats.Figures().Value("queued"), 15u);
  EXPECT_EQ(stats.Figures().Value("custody"), 1u);
}

TEST(DispatcherStats, ReadTheHistogram) {
  NativeMemory memory(2);
  const size_t bucket = HistogramBuckets::IndexOf(Micros(123));
  memory.cpu(0).inserted_after[bucket] = 3;
  memory.cpu(1).inserted_after[bucket] = 4;
  const DispatcherStats stats = ReadDispatcherStats(memory.shared(), 2);
  EXPECT_EQ(stats.inserted.count(), 7u);
  EXPECT_EQ(stats.inserted.Percentile(50), HistogramBuckets::LimitOf(bucket));
}

TEST(DispatcherStats, TellThatTheKernelSchedules) {
  NativeMemory memory(1);
  memory.global().fallback = 1;
  EXPECT_TRUE(ReadDispatcherStats(memory.shared(), 1).fallback);
}

TEST(DispatcherStats, CountWhoHasNoSlotNow) {
  NativeMemory memory(1);
  memory.global().slotless = 12;
  EXPECT_EQ(ReadDispatcherStats(memory.shared(), 1).slotless, 12u);
  EXPECT_EQ(ReadDispatcherStats(memory.shared(), 1).Figures().Value("slotless"), 12u);
}

}  // namespace
}  // namespace scxx
