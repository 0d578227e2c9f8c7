// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/core/fair_params.h"

#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr FairParams kShort = {.period = Millis(12)};
constexpr FairParams kLong = {.period = Millis(24)};

FairParams WithTick(Nanos tick) {
  FairParams params;
  params.tick = tick;
  return params;
}

TEST(SliceFor, SharesThePeriodWithinLimits) {
  EXPECT_EQ(SliceFor(kShort, Weight(), 1), Millis(4));
  EXPECT_EQ(SliceFor(kShort, Weight(), 4), Millis(3));
  EXPECT_EQ(SliceFor(kShort, Weight(), 20), Millis(1));
  EXPECT_EQ(SliceFor(kLong, Weight(), 1), Millis(4));
  EXPECT_EQ(SliceFor(kLong, Weight(), 4), Millis(4));
  EXPECT_EQ(SliceFor(kLong, Weight(), 20), Micros(1200));
}

TEST(SliceFor, GivesHeavyTasksUpToTwiceAndLightOnesHalf) {
  EXPECT_EQ(SliceFor(kShort, Weight::FromLoad(110), 4), Micros(1500));
  EXPECT_EQ(SliceFor(kLong, Weight::FromLoad(110), 4), Millis(2));
  EXPECT_EQ(SliceFor(kShort, Weight::FromLoad(9548), 4), Millis(6));
  EXPECT_EQ(SliceFor(kLong, Weight::FromLoad(9548), 4), Millis(8));
  EXPECT_EQ(SliceFor(kShort, Weight::FromLoad(9548), 20), Millis(2));
  EXPECT_EQ(SliceFor(kLong, Weight::FromLoad(9548), 20), Micros(2400));
}

TEST(SliceFor, CountsTheTaskItself) {
  EXPECT_EQ(SliceFor(kShort, Weight(), 0), SliceFor(kShort, Weight(), 1));
}

TEST(SliceFor, IsNeverBelowTheMinimum) {
  EXPECT_EQ(SliceFor(kShort, Weight::FromLoad(15), 100), Millis(1));
}

TEST(MaxLead, IsASliceAndATickInVirtualTime) {
  const struct {
    uint32_t load;
    int64_t no_tick, tick_1ms, tick_4ms;
  } cases[] = {
      {1024, 4'000'000, 5'000'000, 8'000'000},
      {335, 6'113'432, 9'170'149, 18'340'298},
      {110, 18'618'181, 27'927'272, 55'854'545},
      {9548, 857'980, 965'228, 1'286'971},
  };
  for (const auto& c : cases) {
    const Weight weight = Weight::FromLoad(c.load);
    EXPECT_EQ(MaxLead(WithTick(Nanos::Zero()), weight), Nanos(c.no_tick)) << weight;
    EXPECT_EQ(MaxLead(WithTick(Millis(1)), weight), Nanos(c.tick_1ms)) << weight;
    EXPECT_EQ(MaxLead(WithTick(Millis(4)), weight), Nanos(c.tick_4ms)) << weight;
  }
}

}  // namespace
}  // namespace scxx
