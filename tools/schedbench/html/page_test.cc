// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/html/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/schedbench/testing/sample_results.h"

namespace scxx::bench {
namespace {

using testing::HasSubstr;
using testing::Not;

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

}  // namespace
}  // namespace scxx::bench
