// SPDX-License-Identifier: Apache-2.0
#include "framework/app/explain/explaining_runner.h"

#include <cstdint>
#include <string>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/base/units.h"
#include "framework/machine/testing/fake_machine.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using Lines = std::vector<std::string>;

class ExplainLinesTest : public testing::Test {
 protected:
  void SetUp() override {
    names_.names = {{3, "stress"}, {10, "shell"}, {20, "stress"}, {21, "stress"}, {22, "helper"}};
  }

  FakeNames names_;
  ExplainBoard board_;
};

TEST_F(ExplainLinesTest, WantsANumberAsItIs) {
  ExplainLines lines("77", &board_, names_);
  EXPECT_TRUE(board_.Wants(77, 1));
}

TEST_F(ExplainLinesTest, LooksForANameEachTime) {
  ExplainLines lines("helper", &board_, names_);
  EXPECT_TRUE(board_.Wants(22, 20));
  EXPECT_FALSE(board_.Wants(23, 20));
  names_.names[23] = "helper";
  EXPECT_EQ(lines.Lines(), Lines{"explain helper: no such task has become runnable yet"});
  EXPECT_TRUE(board_.Wants(23, 20));
}

TEST_F(ExplainLinesTest, WritesALineForEachTask) {
  ExplainLines lines("20", &board_, names_);
  std::vector<ExplainBoard::Entry> entries = {{.pid = 20}, {.pid = 21}};
  entries[0].explanation.waits = true;
  entries[0].explanation.Add("weight", 335);
  entries[0].explanation.Add("lag", Micros(-2100));
  board_.Publish(entries);
  EXPECT_EQ(lines.Lines(), (Lines{"explain 20 stress: weight 335, lag -2.10ms, waits",
                                  "explain 21 stress: runs or sleeps"}));
}

TEST_F(ExplainLinesTest, ANameDoesNotSteerTheTerminal) {
  names_.names[24] = "\33[2Jroot";
  ExplainLines lines("24", &board_, names_);
  board_.Publish({{.pid = 24}});
  EXPECT_EQ(lines.Lines(), Lines{"explain 24 \\033[2Jroot: runs or sleeps"});
}

}  // namespace
}  // namespace scxx
