// SPDX-License-Identifier: Apache-2.0

#include "framework/base/weight.h"

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(Weight, IsNiceZeroByDefault) {
  EXPECT_EQ(Weight(), Weight::FromNice(0));
  EXPECT_EQ(Weight().load(), 1024u);
  EXPECT_EQ(Weight().cgroup(), 100u);
}

TEST(Weight, KeepsEveryNiceValueApart) {
  for (int nice = Weight::kMinNice; nice <= Weight::kMaxNice; ++nice) {
    EXPECT_EQ(Weight::FromNice(nice).nice(), nice);
  }
}

TEST(Weight, HasTheKernelsLoads) {
  EXPECT_EQ(Weight::FromNice(-20).load(), 88761u);
  EXPECT_EQ(Weight::FromNice(5).load(), 335u);
  EXPECT_EQ(Weight::FromNice(10).load(), 110u);
  EXPECT_EQ(Weight::FromNice(19).load(), 15u);
}

TEST(Weight, IsCoarserOnTheCgroupScale) {
  EXPECT_EQ(Weight::FromNice(5).cgroup(), 33u);
  EXPECT_EQ(Weight::FromNice(17).cgroup(), Weight::FromNice(18).cgroup());
  EXPECT_EQ(Weight::FromNice(19).cgroup(), 1u);
  EXPECT_EQ(Weight::FromCgroup(100), Weight());
  for (uint32_t cgroup = 1; cgroup <= 10000; ++cgroup) {
    ASSERT_EQ(Weight::FromCgroup(cgroup).cgroup(), cgroup);
  }
}

TEST(Weight, ClampsToTheScale) {
  EXPECT_EQ(Weight::FromNice(100), Weight::FromNice(19));
  EXPECT_EQ(Weight::FromNice(-100), Weight::FromNice(-20));
  EXPECT_EQ(Weight::FromLoad(0).load(), 1u);
  EXPECT_EQ(Weight::FromCgroup(1'000'000).load(), Weight::kMaxLoad);
  EXPECT_EQ(Weight::Idle().nice(), 19);
  EXPECT_EQ(Weight::Idle().cgroup(), 1u);
}

TEST(ToVirtual, RunsSlowerForHeavierTasks) {
  EXPECT_EQ(ToVirtual(Millis(3), Weight()), Millis(3));
  EXPECT_EQ(ToVirtual(Millis(3), Weight::FromNice(5)), Nanos(9'170'149));
  EXPECT_EQ(ToVirtual(Millis(3), Weight::FromNice(-20)), Nanos(34'609));
}

TEST(ToVirtual, TakesADay) { EXPECT_EQ(ToVirtual(Seconds(86'400), Weight()), Seconds(86'400)); }

}  // namespace
}  // namespace scxx
