// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/text_format.h"

#include <gtest/gtest.h>

#include "tools/schedbench/testing/sample_results.h"

namespace scxx::bench {
namespace {

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

}  // namespace
}  // namespace scxx::bench
