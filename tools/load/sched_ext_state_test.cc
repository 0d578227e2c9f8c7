// SPDX-License-Identifier: Apache-2.0
#include "tools/load/sched_ext_state.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace scxx::load {
namespace {

class SchedExtStateTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(root_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  const std::string root_ = testing::TempDir() + "/sched_ext";
};

TEST_F(SchedExtStateTest, ReadsAnAttachedScheduler) {
  Write("state", "enabled\n");
  Write("root/ops", "fifo\n");
  Write("root/events", "SCX_EV_SELECT_CPU_FALLBACK 0\nSCX_EV_DISPATCH_KEEP_LAST 12\n");
  Write("nr_rejected", "3\n");
  Write("enable_seq", "2\n");
  const SchedExtState state = ReadSchedExtState(root_);
  EXPECT_TRUE(state.present());
  EXPECT_EQ(state.state, "enabled");
  EXPECT_EQ(state.ops, "fifo");
  EXPECT_EQ(state.nr_rejected, 3);
  EXPECT_EQ(state.enable_seq, 2);
  ASSERT_EQ(state.events.size(), 2u);
  EXPECT_EQ(state.events[1].first, "SCX_EV_DISPATCH_KEEP_LAST");
  EXPECT_EQ(state.events[1].second, 12);
}

TEST_F(SchedExtStateTest, AKernelWithoutSchedExtIsNotPresent) {
  EXPECT_FALSE(ReadSchedExtState("/nonexistent").present());
}

TEST(EventsBetweenTest, SubtractsWithinOneAttachment) {
  const SchedExtState before = {.enable_seq = 1, .events = {{"A", 5}, {"B", 1}}};
  const SchedExtState after = {.enable_seq = 1, .events = {{"A", 7}, {"B", 1}, {"C", 4}}};
  EXPECT_EQ(EventsBetween(before, after), (SchedExtEvents{{"A", 2}, {"B", 0}, {"C", 4}}));
}

TEST(EventsBetweenTest, StartsAnewWithAnotherAttachment) {
  const SchedExtState before = {.enable_seq = 1, .events = {{"A", 5}}};
  const SchedExtState after = {.enable_seq = 2, .events = {{"A", 3}}};
  EXPECT_EQ(EventsBetween(before, after), (SchedExtEvents{{"A", 3}}));
}

}  // namespace
}  // namespace scxx::load
