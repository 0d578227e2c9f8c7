// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace scxx::bench {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

TEST(LogScaleTest, PutsDecadesAtEqualDistances) {
  const LogScale scale = {.low = 1, .high = 100, .from = 10, .to = 210};
  EXPECT_DOUBLE_EQ(scale(1), 10);
  EXPECT_DOUBLE_EQ(scale(10), 110);
  EXPECT_DOUBLE_EQ(scale(100), 210);
  EXPECT_DOUBLE_EQ(scale(0.5), 10);
  EXPECT_DOUBLE_EQ(scale(1e9), 210);
}

TEST(LogScaleTest, MayRunDownwards) {
  const LogScale scale = {.low = 0.01, .high = 1, .from = 100, .to = 0};
  EXPECT_DOUBLE_EQ(scale(0.1), 50);
}

TEST(LogScaleTest, DecadesWithin) {
  EXPECT_THAT((LogScale{0.01, 1, 0, 1}.Decades()),
              ElementsAre(DoubleNear(0.01, 1e-9), DoubleNear(0.1, 1e-9), 1));
  EXPECT_THAT((LogScale{2, 500, 0, 1}.Decades()), ElementsAre(10, 100));
}

TEST(SvgTest, TextIsEscaped) {
  EXPECT_EQ(Escaped("a<b & \"c\""), "a&lt;b &amp; &quot;c&quot;");
  EXPECT_EQ(SvgText(1, 2, "<", Anchor::kEnd),
            "<text x=\"1.0\" y=\"2.0\" text-anchor=\"end\">&lt;</text>\n");
}

TEST(SvgTest, APolylineGoesThroughItsPoints) {
  EXPECT_EQ(SvgPolyline({{0, 1}, {2.25, 3}}, "red"),
            "<polyline points=\"0.0,1.0 2.2,3.0\" fill=\"none\" stroke=\"red\" "
            "stroke-width=\"2\"/>\n");
}

TEST(SvgTest, NeighboursDifferInColour) { EXPECT_NE(ColorOf(0), ColorOf(1)); }

}  // namespace
}  // namespace scxx::bench
