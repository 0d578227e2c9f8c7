// SPDX-License-Identifier: Apache-2.0

#include "schedulers/latency/burst_score.h"

#include <cstdint>
#include <vector>

#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(sizeof(BurstScore) == 24, "its header says so");

// A task whose usual burst is (nearly) `burst` from above, and that runs and sleeps in this
// proportion.
BurstScore ScoreOf(Nanos run, Nanos sleep) {
  BurstScore score;
  score.Ran(run);
  score.Slept(Nanos::Zero(), sleep);
  for (int i = 0; i < 300; ++i) score.Slept(Nanos::Zero(), Nanos::Zero());  // no burst to speak of
  return score;
}

TEST(BurstScore, FollowsLongerBurstsFastAndShorterOnesSlowly) {
  BurstScore score;
  const struct {
    Nanos burst;
    int64_t usual;
  } steps[] = {{Millis(5), 3'000'000},
               {Micros(200), 2'650'000},
               {Micros(200), 2'343'750},
               {Micros(200), 2'075'782},
               {Millis(30), 16'037'891}};
  for (const auto& step : steps) {
    score.Slept(step.burst, Millis(1));
    EXPECT_EQ(score.usual_burst(), Nanos(step.usual));
  }
}

TEST(BurstScore, TakesDozensOfShortBurstsToForgetALongOne) {
  BurstScore score;
  score.Slept(Millis(39), Millis(1));
  ASSERT_EQ(score.usual_burst(), Millis(20));
  int bursts = 0;
  for (; score.usual_burst() >= Micros(500); ++bursts) score.Slept(Micros(200), Millis(1));
  EXPECT_EQ(bursts, 32);
}

TEST(BurstScore, MultipliesBurstAndDuty) {
  const struct {
    Nanos burst;
    int64_t run, sleep;  // ms
    int64_t burst_factor, duty_factor, value;
  } cases[] = {
      {Micros(250), 1, 19, 1024, 1024, 1024}, {Micros(500), 6, 10, 819, 768, 614},
      {Millis(4), 1, 9, 204, 1024, 204},      {Millis(8), 1, 9, 0, 1024, 0},
      {Micros(100), 3, 1, 1024, 0, 0},
  };
  for (const auto& c : cases) {
    const BurstScore score = ScoreOf(Millis(c.run), Millis(c.sleep));
    EXPECT_EQ(score.BurstFactor(c.burst), c.burst_factor) << c.burst;
    EXPECT_EQ(score.DutyFactor(), c.duty_factor) << c.burst;
    EXPECT_EQ(score.Value(c.burst), c.value) << c.burst;
  }
}

TEST(BurstScore, StartsInTheMiddle) {
  const BurstScore score;
  EXPECT_EQ(score.BurstFactor(Nanos::Zero()), 614);
  EXPECT_EQ(score.DutyFactor(), 512);
  EXPECT_EQ(score.Value(Nanos::Zero()), 307);
}

TEST(BurstScore, FallsWhileTheTaskRunsOn) {
  const BurstScore score = ScoreOf(Millis(1), Millis(19));
  int64_t before = score.Value(Nanos::Zero());
  for (Nanos burst = Micros(100); burst <= Millis(10); burst += Micros(100)) {
    const int64_t value = score.Value(burst);
    EXPECT_LE(value, before);
    before = value;
  }
  EXPECT_EQ(before, 0);
}

TEST(BurstScore, StaysInRangeForAnyInput) {
  BurstScore score;
  for (Nanos odd : {Nanos(-1), Nanos::Zero(), Nanos(1), Seconds(100'000)}) {
    score.Ran(odd);
    score.Slept(odd, odd);
    for (Nanos burst : {Nanos(-1), Nanos::Zero(), Nanos(7), Seconds(100'000)}) {
      EXPECT_GE(score.Value(burst), 0);
      EXPECT_LE(score.Value(burst), BurstScore::kMax);
    }
  }
}

TEST(BurstScore, ForgetsWhatIsLongAgo) {
  BurstScore score;
  score.Ran(Seconds(10));
  EXPECT_EQ(score.DutyFactor(), 0);
  for (int i = 0; i < 10; ++i) score.Slept(Micros(100), Millis(20));
  EXPECT_EQ(score.DutyFactor(), BurstScore::kMax);
}

TEST(BurstScore, FallsNoFasterThanItSays) {
  const BurstScore score = ScoreOf(Micros(1), Millis(10));
  constexpr int64_t kStep = BurstScore::kMax / 40 + 1;
  for (Nanos from; from < BurstScore::kLong; from += Micros(50)) {
    for (Nanos ran; ran < BurstScore::kLong; ran += Micros(50)) {
      const int64_t fall = score.Value(from) - score.Value(from + ran);
      EXPECT_LE(fall, ran * BurstScore::kMax / BurstScore::kFastestFall + kStep)
          << from << " + " << ran;
    }
  }
}

TEST(BurstScore, KnowsWhenTheTaskShouldSleep) {
  const BurstScore score;
  EXPECT_EQ(score.Rest(Micros(300)), Micros(700));
  EXPECT_LT(score.Rest(Millis(2)), Nanos::Zero());
}

}  // namespace
}  // namespace scxx
