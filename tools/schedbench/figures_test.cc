// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/figures.h"

#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

TEST(FiguresTest, FourDigitsOrAllWholeOnes) {
  EXPECT_EQ(Figure(0), "0");
  EXPECT_EQ(Figure(8679.042), "8679");
  EXPECT_EQ(Figure(745.471), "745.5");
  EXPECT_EQ(Figure(1.0666), "1.067");
  EXPECT_EQ(Figure(0.03124), "0.03124");
  EXPECT_EQ(Figure(47'710'207), "47710207");
}

TEST(FiguresTest, RatiosInHundredths) {
  EXPECT_EQ(Ratio(0.852), "0.85x");
  EXPECT_EQ(Ratio(1), "1.00x");
  EXPECT_EQ(Ratio(512.4), "512x");
}

}  // namespace
}  // namespace scxx::bench
