// SPDX-License-Identifier: Apache-2.0
#include "tools/load/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::load {
namespace {

using testing::HasSubstr;
using testing::Not;

LoadResult TwoClasses() {
  LoadResult result;
  result.workload = "some";
  result.unit = "thing";
  result.options = {{"tasks", "2"}};
  result.wall = Micros(10);
  result.ops = 4;
  ClassResult& first = result.classes.emplace_back();
  first.name = "a";
  first.max_gap = Nanos(5);
  first.usage.voluntary_switches = 2;
  first.latency.Record(Nanos(9));
  ClassResult& second = result.classes.emplace_back();
  second.name = "b";
  second.max_wait = Nanos(3);
  second.usage.involuntary_switches = 4;
  return result;
}

TEST(ResultTest, TotalsAreOverAllClasses) {
  const LoadResult result = TwoClasses();
  EXPECT_EQ(result.max_gap(), Nanos(5));
  EXPECT_EQ(result.max_wait(), Nanos(3));
  EXPECT_EQ(result.per_op(), Nanos(2500));
  const std::string text = ToRecord(result).ToText();
  EXPECT_THAT(text, HasSubstr("options.tasks=2\nwall_ns=10000\n"));
  EXPECT_THAT(text, HasSubstr("ns_per_op=2500.000\nswitches_per_op=1.500\n"));
  EXPECT_THAT(text, HasSubstr("class.a.latency.p99_ns=9\n"));
  EXPECT_THAT(text, Not(HasSubstr("class.b.latency")));
}

TEST(ResultTest, WhatTheMachineLacksIsLeftOut) {
  const std::string text = ToRecord(TwoClasses()).ToText();
  EXPECT_THAT(text, Not(HasSubstr("instructions")));
  EXPECT_THAT(text, Not(HasSubstr("sched_ext")));
  EXPECT_THAT(text, Not(HasSubstr("fault")));
}

TEST(ResultTest, SchedExtIsShownWithTheGrowthOfItsEvents) {
  LoadResult result = TwoClasses();
  result.before.state = result.after.state = "enabled";
  result.before.events = {{"E", 1}};
  result.after.events = {{"E", 5}};
  EXPECT_FALSE(result.sched_ext_changed());
  EXPECT_THAT(ToRecord(result).ToText(), HasSubstr("sched_ext.events.E=4\n"));
  result.after.state = "disabled";
  EXPECT_TRUE(result.sched_ext_changed());
}

TEST(ResultTest, NoOperationsHaveNoCost) { EXPECT_EQ(LoadResult().per_op(), Nanos()); }

}  // namespace
}  // namespace scxx::load
