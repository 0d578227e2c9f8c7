// SPDX-License-Identifier: Apache-2.0
#include "framework/app/explain/explain_lines.h"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/base/units.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using Lines = std::vector<std::string>;
using Ids = std::vector<int32_t>;

class ExplainLinesTest : public testing::Test {
 protected:
  void SetUp() override {
    AddThread(10, 10, "shell");
    AddThread(20, 20, "stress");
    AddThread(20, 21, "stress");
    AddThread(20, 22, "helper");
    AddThread(3, 3, "stress");
    std::filesystem::create_directories(proc_ + "/sys");
  }

  void AddThread(int process, int thread, const std::string& comm) {
    const std::string id = std::to_string(thread);
    const std::string task = proc_ + "/" + std::to_string(process) + "/task/" + id;
    std::filesystem::create_directories(task);
    std::filesystem::create_directories(proc_ + "/" + id);
    for (const std::string& folder : {task, proc_ + "/" + id}) {
      std::ofstream(folder + "/comm") << comm << "\n";
    }
  }

  const std::string proc_ =
      testing::TempDir() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
  ExplainBoard board_;
};

TEST_F(ExplainLinesTest, FindsThreadsByName) {
  EXPECT_EQ(ThreadsNamed("stress", 9, proc_), (Ids{3, 20, 21}));
  EXPECT_EQ(ThreadsNamed("stress", 2, proc_), (Ids{3, 20}));
  EXPECT_EQ(ThreadsNamed("stres", 9, proc_), Ids());
  EXPECT_EQ(ThreadsNamed("stress", 9, proc_ + "/nowhere"), Ids());
}

TEST_F(ExplainLinesTest, WantsANumberAsItIs) {
  ExplainLines lines("77", &board_, proc_);
  EXPECT_TRUE(board_.Wants(77, 1));
}

TEST_F(ExplainLinesTest, LooksForANameEachTime) {
  ExplainLines lines("helper", &board_, proc_);
  EXPECT_TRUE(board_.Wants(22, 20));
  EXPECT_FALSE(board_.Wants(23, 20));
  AddThread(20, 23, "helper");
  EXPECT_EQ(lines.Lines(), Lines{"explain helper: no such task has become runnable yet"});
  EXPECT_TRUE(board_.Wants(23, 20));
}

TEST_F(ExplainLinesTest, WritesALineForEachTask) {
  ExplainLines lines("20", &board_, proc_);
  std::vector<ExplainBoard::Entry> entries = {{.pid = 20}, {.pid = 21}};
  entries[0].explanation.waits = true;
  entries[0].explanation.Add("weight", 335);
  entries[0].explanation.Add("lag", Micros(-2100));
  board_.Publish(entries);
  EXPECT_EQ(lines.Lines(), (Lines{"explain 20 stress: weight 335, lag -2.10ms, waits",
                                  "explain 21 stress: runs or sleeps"}));
}

}  // namespace
}  // namespace scxx
