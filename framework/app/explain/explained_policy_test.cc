// SPDX-License-Identifier: Apache-2.0
#include "framework/app/explain/explained_policy.h"

#include <cstdint>
#include <vector>

#include "framework/app/explain/explain_board.h"
#include "framework/base/task_id.h"
#include "framework/policy/explanation.h"
#include "framework/policy/policy.h"
#include "framework/policy/testing/policy_driver.h"
#include "framework/policy/testing/test_fifo.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class Fifo : public TestFifo {
 public:
  static constexpr char kName[] = "fifo";
  static constexpr bool kDirect = true;
  using TestFifo::TestFifo;

  void Explain(TaskId task, Explanation* out) const {
    out->waits = queue().Contains(task);
    out->Add("slot", task.slot);
  }
};

class ExplainedPolicyTest : public testing::Test {
 protected:
  TaskId Wake(uint32_t slot, int32_t pid) {
    return driver_.Runnable(slot, {.reason = RunnableReason::kWakeup, .pid = pid, .tgid = 100});
  }
  int32_t FirstPid() { return board_.Read().empty() ? 0 : board_.Read()[0].pid; }

  ExplainBoard board_;
  PolicyDriver<ExplainedPolicy<Fifo>> driver_{ExplainedPolicy<Fifo>(Fifo(kDriverLimits), &board_)};
};

TEST_F(ExplainedPolicyTest, IsThePolicyThatItHolds) {
  EXPECT_EQ(TraitsOf(driver_.policy()).name, "fifo");
  EXPECT_TRUE(TraitsOf(driver_.policy()).direct);
  const TaskId a = Wake(0, 1), b = Wake(1, 2), c = Wake(2, 3), d = Wake(3, 4);
  driver_.Withdraw(b);
  driver_.Exit(c);
  EXPECT_EQ(driver_.ScheduleTasks(), (std::vector<TaskId>{a, d}));
  driver_.Refuse(d);
  EXPECT_EQ(driver_.ScheduleTasks(), std::vector<TaskId>{d});
  EXPECT_TRUE(board_.Read().empty());
}

TEST_F(ExplainedPolicyTest, ExplainsWhoIsWanted) {
  board_.SetWanted({2});
  driver_.set_room({.space = 1});
  Wake(5, 1);
  const TaskId wanted = Wake(6, 2);
  driver_.Schedule();
  ASSERT_EQ(board_.Read().size(), 1u);
  EXPECT_EQ(FirstPid(), 2);
  EXPECT_TRUE(board_.Read()[0].explanation.waits);
  EXPECT_EQ(board_.Read()[0].explanation.figures()[0].value, 6);
  driver_.Schedule();
  EXPECT_FALSE(board_.Read()[0].explanation.waits);
  driver_.Exit(wanted);
  EXPECT_TRUE(board_.Read().empty());
}

TEST_F(ExplainedPolicyTest, ExplainsAProcessAsFarAsThereIsRoom) {
  board_.SetWanted({100});
  for (uint32_t slot = 0; slot < ExplainBoard::kMaxTasks + 2; ++slot) {
    Wake(slot, static_cast<int32_t>(slot) + 1);
  }
  driver_.Schedule();
  EXPECT_EQ(board_.Read().size(), ExplainBoard::kMaxTasks);
  driver_.Exit(driver_.Task(0));
  Wake(ExplainBoard::kMaxTasks, 99);
  driver_.Schedule();
  EXPECT_EQ(board_.Read().back().pid, 99);
}

}  // namespace
}  // namespace scxx
