// SPDX-License-Identifier: Apache-2.0
#include "framework/app/explain/explain_board.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace scxx {
namespace {

TEST(ExplainBoard, WantsThreadsAndProcesses) {
  ExplainBoard board;
  EXPECT_FALSE(board.Wants(0, 0));
  board.SetWanted({7, 8});
  EXPECT_TRUE(board.Wants(7, 1));
  EXPECT_TRUE(board.Wants(9, 8));
  EXPECT_FALSE(board.Wants(9, 1));
  board.SetWanted({9});
  EXPECT_FALSE(board.Wants(7, 8));
  board.SetWanted(std::vector<int32_t>(ExplainBoard::kMaxTasks + 1, 5));
  EXPECT_TRUE(board.Wants(5, 5));
}

TEST(ExplainBoard, ShowsWhatWasPublishedLast) {
  ExplainBoard board;
  EXPECT_TRUE(board.Read().empty());
  board.Publish(std::vector<ExplainBoard::Entry>(3));
  board.Publish({{.pid = 7}});
  ASSERT_EQ(board.Read().size(), 1u);
  EXPECT_EQ(board.Read()[0].pid, 7);
}

// For the thread sanitizer, and that entries come whole.
TEST(ExplainBoard, IsSharedByTwoThreads) {
  ExplainBoard board;
  std::thread agent([&board] {
    std::vector<ExplainBoard::Entry> entries(2);
    for (int i = 1; i <= 10'000; ++i) {
      entries[0].pid = entries[1].pid = i;
      board.Publish(entries);
    }
  });
  for (int i = 0; i < 1'000; ++i) {
    board.SetWanted({i});
    const std::vector<ExplainBoard::Entry> entries = board.Read();
    if (entries.empty()) continue;
    EXPECT_EQ(entries[0].pid, entries[1].pid);
  }
  agent.join();
}

}  // namespace
}  // namespace scxx
