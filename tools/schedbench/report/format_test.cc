// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/report/sample_results.h"

namespace scxx::bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(TextFormatTest, Columns) {
  const Results results = SampleResults();
  EXPECT_EQ(
      ToText(results, MakeTable(results)),
      "workload  metric  unit                  eevdf          mine\n"
      "pairs     cost    instructions/message  200.0 [400.0]  100.0 0.50x [200.0]\n"
      "hogs      p99     us                    9.000 [10.00]  4.000 0.44x [4.000]\n"
      "\n"
      "Median of 3 seeds, its ratio to eevdf, [worst of 3 seeds]. Less is better everywhere.\n"
      "kernel 7.3.4; image 0123\n");
}

TEST(TextFormatTest, OneSeedHasNoWorst) {
  Results results = SampleResults();
  results.boots.resize(1);
  results.seeds.resize(1);
  EXPECT_EQ(ToText(results, MakeTable(results)),
            "workload  metric  unit                  eevdf  mine\n"
            "pairs     cost    instructions/message  100.0  50.00 0.50x\n"
            "hogs      p99     us                    8.000  4.000 0.50x\n"
            "\n"
            "One seed: the figure, and its ratio to eevdf. Less is better everywhere.\n"
            "kernel 7.3.4; image 0123\n");
}

TEST(TextFormatTest, Markdown) {
  const Results results = SampleResults();
  EXPECT_EQ(
      ToMarkdown(results, MakeTable(results)),
      "| workload | metric | unit | eevdf | mine |\n"
      "| --- | --- | --- | --- | --- |\n"
      "| pairs | cost | instructions/message | 200.0 [400.0] | 100.0 0.50x [200.0] |\n"
      "| hogs | p99 | us | 9.000 [10.00] | 4.000 0.44x [4.000] |\n"
      "\n"
      "Median of 3 seeds, its ratio to eevdf, [worst of 3 seeds]. Less is better everywhere.\n"
      "\n"
      "kernel 7.3.4; image 0123\n");
}

TEST(TextFormatTest, TheHostsFiguresHaveAnInterval) {
  Results results = SampleResults();
  results.mode = Mode::kHost;
  const std::string text = ToText(results, MakeTable(results));
  EXPECT_NE(text.find("100.0 0.50x [50.00 to 200.0]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Median of 3 repeats"), std::string::npos) << text;
}

TEST(TextFormatTest, RatiosAloneWhereTheModeMeasuresNoMore) {
  Results results = SampleResults();
  results.mode = Mode::kConcurrent;
  const std::string text = ToText(results, MakeTable(results));
  EXPECT_NE(text.find("0.44x [0.50x]\n"), std::string::npos) << text;
}

TEST(DataFormatTest, CsvIsALineACell) {
  const Results results = SampleResults();
  EXPECT_EQ(ToCsv(results, MakeTable(results)),
            "# mode exact\n"
            "# kernel 7.3.4\n"
            "# image 0123\n"
            "workload,metric,unit,scheduler,median,worst,ratio,worst_ratio,low,high,outcome\n"
            "pairs,cost,instructions/message,eevdf,200,400,1,1,100,400,\n"
            "pairs,cost,instructions/message,mine,100,200,0.5,0.5,50,200,\n"
            "hogs,p99,us,eevdf,9,10,1,1,8,10,\n"
            "hogs,p99,us,mine,4,4,0.4444444444,0.5,4,4,\n");
}

TEST(DataFormatTest, CsvQuotesWhatItMust) {
  Results results = SampleResults();
  for (size_t boot = 0; boot < 3; ++boot) {
    RunOf(results, boot, "mine", "pairs").exit_code = 1;
    RunOf(results, boot, "mine", "pairs").error = "no \"x\", no y";
  }
  const std::string csv = ToCsv(results, MakeTable(results));
  EXPECT_THAT(csv, HasSubstr("\npairs,outcome,,mine,,,,,,,\"no \"\"x\"\", no y\"\n"));
}

TEST(DataFormatTest, JsonHasTheTableAndEveryRun) {
  const Results results = SampleResults();
  const std::string json = ToJson(results, MakeTable(results));
  EXPECT_THAT(json, StartsWith(R"({"mode":"exact","made_with":{"kernel":"7.3.4","image":"0123"},)"
                               R"("table":{"pairs":{"cost":{"unit":"instructions/message",)"
                               R"("eevdf":{"median":200.000,"worst":400.000,"ratio":1.000,)"));
  EXPECT_THAT(json, HasSubstr(R"("runs":{"seed 1":{"eevdf":{"pairs":{"exit_code":0,)"
                              R"("ns_per_op":"100.000","stalled":"false"},)"));
}

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
