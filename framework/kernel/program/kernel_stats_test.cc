// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/kernel_stats.h"
#include "absl/strings/string_view.h"

#include <cstddef>
#include <set>

#include "framework/channel/testing/native_memory.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(KernelCounters, DescribeEachCounterOnceInOrder) {
  std::set<absl::string_view> names;
  int id = 0;
  for (const CounterInfo& info : KernelCounters()) {
    EXPECT_EQ(info.id, id++) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.unit.empty()) << info.name;
    EXPECT_FALSE(info.help.empty()) << info.name;
  }
  EXPECT_EQ(id, SCXX_NR_COUNTERS);
}

TEST(KernelStats, AddUpTheCpus) {
  NativeMemory memory(2);
  memory.cpu(0).counters[SCXX_CNT_QUEUED] = 10;
  memory.cpu(1).counters[SCXX_CNT_QUEUED] = 5;
  memory.cpu(1).counters[SCXX_CNT_DISPATCHED] = 8;
  memory.cpu(0).counters[SCXX_CNT_CANCELLED] = 1;
  memory.cpu(1).counters[SCXX_CNT_RECLAIMED] = 2;
  memory.cpu(0).counters[SCXX_CNT_GONE] = 3;
  memory.cpu(1).owner_pid = 44;
  const KernelStats stats = ReadKernelStats(memory.shared(), 2);
  EXPECT_EQ(stats[SCXX_CNT_QUEUED], 15u);
  EXPECT_EQ(stats.InCustody(), 1);
  EXPECT_EQ(stats.running, 1u);
  EXPECT_FALSE(stats.fallback);
}

TEST(KernelStats, ReadTheHistogram) {
  NativeMemory memory(2);
  const size_t bucket = HistogramBuckets::IndexOf(Micros(123));
  memory.cpu(0).inserted_after[bucket] = 3;
  memory.cpu(1).inserted_after[bucket] = 4;
  const KernelStats stats = ReadKernelStats(memory.shared(), 2);
  EXPECT_EQ(stats.inserted.count(), 7u);
  EXPECT_EQ(stats.inserted.Percentile(50), HistogramBuckets::LimitOf(bucket));
}

TEST(KernelStats, TellThatTheKernelSchedules) {
  NativeMemory memory(1);
  memory.global().fallback = 1;
  EXPECT_TRUE(ReadKernelStats(memory.shared(), 1).fallback);
}

}  // namespace
}  // namespace scxx
