// SPDX-License-Identifier: Apache-2.0
#include "tools/load/counters.h"

#include <gtest/gtest.h>
#include <sched.h>

namespace scxx::load {
namespace {

TEST(ProcStatsTest, SchedStatHasCpuTimeThenRunDelay) {
  const SchedStat stat = ParseSchedStat("123 456 7\n");
  EXPECT_EQ(stat.cpu, Nanos(123));
  EXPECT_EQ(stat.run_delay, Nanos(456));
}

TEST(ProcStatsTest, WhatCannotBeReadIsZero) {
  EXPECT_EQ(ParseSchedStat("").cpu, Nanos());
  EXPECT_EQ(ParseSchedStat("a b c").run_delay, Nanos());
  EXPECT_EQ(ReadSmallFile("/nonexistent"), "");
}

TEST(ProcStatsTest, MachineSwitchesAreTheCtxtLine) {
  EXPECT_EQ(ParseMachineSwitches("cpu 1 2\nctxt 9876\nbtime 1\n"), 9876);
  EXPECT_EQ(ParseMachineSwitches("cpu 1 2\n"), 0);
}

TEST(ProcStatsTest, ReadsTheRunningKernel) {
  EXPECT_GT(ReadMachineSwitches(), 0);
  const Switches before = ReadOwnSwitches();
  sched_yield();
  const Switches after = ReadOwnSwitches();
  EXPECT_GE(after.voluntary + after.involuntary, before.voluntary + before.involuntary);
}

}  // namespace
}  // namespace scxx::load
