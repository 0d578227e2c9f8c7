// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/mode.h"

#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

constexpr Quantity kAll[] = {Quantity::kCost, Quantity::kCount,    Quantity::kLatency,
                             Quantity::kGap,  Quantity::kFairness, Quantity::kTime};

TEST(ModeTest, OneExactCpuMeasuresEverything) {
  for (const Quantity quantity : kAll) EXPECT_EQ(Measures(Mode::kExact, quantity), Measured::kYes);
}

TEST(ModeTest, TwoExactCpusCount) {
  for (const Quantity quantity : kAll) {
    EXPECT_EQ(Measures(Mode::kExact2, quantity),
              quantity == Quantity::kCount ? Measured::kYes : Measured::kNo);
  }
}

TEST(ModeTest, ConcurrentTimesAreRatiosOrNothing) {
  EXPECT_EQ(Measures(Mode::kConcurrent, Quantity::kLatency), Measured::kRatioOnly);
  EXPECT_EQ(Measures(Mode::kConcurrent, Quantity::kGap), Measured::kRatioOnly);
  EXPECT_EQ(Measures(Mode::kConcurrent, Quantity::kCost), Measured::kNo);
  EXPECT_EQ(Measures(Mode::kConcurrent, Quantity::kTime), Measured::kNo);
  EXPECT_EQ(Measures(Mode::kConcurrent, Quantity::kFairness), Measured::kYes);
}

TEST(ModeTest, NamesComeBack) {
  for (const Mode mode : {Mode::kExact, Mode::kExact2, Mode::kConcurrent, Mode::kHost}) {
    Mode parsed = Mode::kExact;
    std::string error;
    EXPECT_TRUE(AbslParseFlag(AbslUnparseFlag(mode), &parsed, &error));
    EXPECT_EQ(parsed, mode);
  }
  Mode ignored;
  std::string error;
  EXPECT_FALSE(AbslParseFlag("precise", &ignored, &error));
  EXPECT_EQ(error, "it must be exact, exact2, concurrent or host");
}

}  // namespace
}  // namespace scxx::bench
