// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/data_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/testing/sample_results.h"

namespace scxx::bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

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

}  // namespace
}  // namespace scxx::bench
