// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/html/curves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/testing/sample_results.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(CurvesTest, HistogramsOfAllBootsTogether) {
  const Results results = SampleResults();
  EXPECT_THAT(MergedHistogram(results, "eevdf", results.workloads[1]),
              ElementsAre(Pair(1000, 270), Pair(8000, 10), Pair(9000, 10), Pair(10000, 10)));
  EXPECT_THAT(MergedHistogram(results, "eevdf", results.workloads[0]), IsEmpty());
}

TEST(CurvesTest, TheTailIsWhatTookLonger) {
  EXPECT_THAT(Tail({{1000, 90}, {2000, 9}, {5000, 1}}), ElementsAre(Pair(1, 0.1), Pair(2, 0.01)));
  EXPECT_THAT(Tail({}), IsEmpty());
}

TEST(CurvesTest, ALineAScheduler) {
  const Results results = SampleResults();
  const std::string svg = LatencyCurves(results, results.workloads[1]);
  EXPECT_THAT(svg, HasSubstr(">mine</text>"));
  EXPECT_THAT(svg, HasSubstr(">10 us</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.01 %</text>"));
  size_t lines = 0;
  for (size_t at = 0; (at = svg.find("<polyline", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, 2u);
}

TEST(CurvesTest, NothingToDraw) {
  const Results results = SampleResults();
  EXPECT_EQ(LatencyCurves(results, results.workloads[0]), "");
}

}  // namespace
}  // namespace scxx::bench
