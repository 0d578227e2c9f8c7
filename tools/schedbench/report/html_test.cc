// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/report/sample_results.h"

namespace scxx::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

TEST(PageTest, SaysWhatWhereAndHow) {
  const Results results = SampleResults();
  const std::string page = ToHtml(results, MakeTable(results));
  for (const char* text : {"<!DOCTYPE html>", "eevdf, mine", "in 3 boots", "7.3.4",
                           "<h2>Ratios</h2>", "<h2>Latencies</h2>", "<h3>hogs</h3>", "</html>"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_THAT(page, HasSubstr("<td>100.0 <b>0.50x</b> <span class=\"worst\">[200.0]</span></td>"));
}

TEST(PageTest, NeedsNothingElse) {
  const Results results = SampleResults();
  const std::string page = ToHtml(results, MakeTable(results));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
}

TEST(PageTest, NamesAreEscaped) {
  Results results = SampleResults();
  results.schedulers[1] = "<mine>";
  EXPECT_THAT(ToHtml(results, MakeTable(results)), Not(HasSubstr("<mine>")));
}

TEST(PageTest, NoLatenciesWhereTheModeHasNone) {
  Results results = SampleResults();
  results.mode = Mode::kExact2;
  EXPECT_THAT(ToHtml(results, MakeTable(results)), Not(HasSubstr("<h2>Latencies</h2>")));
}

TEST(BarsTest, ABarARatioWithItsNumber) {
  const std::string svg = RatioBars(MakeTable(SampleResults()));
  EXPECT_THAT(svg, HasSubstr(">pairs cost</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.50x</text>"));
  EXPECT_THAT(svg, HasSubstr(">0.44x</text>"));
  EXPECT_THAT(svg, HasSubstr("better than eevdf"));
}

// Better ends where the axis is, worse begins there.
TEST(BarsTest, BetterIsLeftOfTheAxis) {
  const Row half = {"w", "half", "", Quantity::kCost, {{}, {.ratio = 0.5}}};
  const Row twice = {"w", "twice", "", Quantity::kCost, {{}, {.ratio = 2}}};
  EXPECT_THAT(RatioBars({{"a", "b"}, {half}}),
              HasSubstr("<rect x=\"390.0\" y=\"44.0\" width=\"50.0"));
  EXPECT_THAT(RatioBars({{"a", "b"}, {twice}}),
              HasSubstr("<rect x=\"440.0\" y=\"44.0\" width=\"50.0"));
}

TEST(BarsTest, NothingToCompare) {
  EXPECT_EQ(RatioBars({{"a"}, {{"w", "m", "", Quantity::kCost, {{.ratio = 1}}}}}), "");
}

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
