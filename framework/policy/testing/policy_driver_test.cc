// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/testing/policy_driver.h"

#include <utility>
#include <vector>

#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

// Notes what it is told, and dispatches what the test sets.
struct Recorder {
  static constexpr char kName[] = "recorder";

  void OnRunnable(const Context& ctx, const TaskRunnable& r) {
    runnable.push_back(r);
    allowed.push_back(ctx.Allowed(r.task));
  }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { withdrawn.push_back(w.task); }
  void OnGone(const Context&, const TaskGone& g) { gone.push_back(g.task); }
  void OnRefused(const Context&, const TaskRefused& f) { refused.push_back(f.task); }
  void Schedule(const Context&, DispatchSink& sink) {
    for (TaskId task : std::exchange(to_dispatch, {})) {
      sink.Dispatch({.task = task, .slice = Millis(1)});
    }
  }

  std::vector<TaskRunnable> runnable;
  std::vector<CpuSet> allowed;
  std::vector<TaskId> withdrawn, gone, refused, to_dispatch;
};

TEST(PolicyDriver, FillsInIdentityTimeAndAffinity) {
  PolicyDriver<Recorder> driver{Recorder()};
  driver.Advance(Millis(3));
  driver.set_allowed(5, CpuSet::FirstN(1));
  TaskId task = driver.Runnable(5, {.reason = RunnableReason::kYield, .ran = Micros(7)});
  const Recorder& seen = driver.policy();
  ASSERT_EQ(seen.runnable.size(), 1u);
  EXPECT_EQ(seen.runnable[0].task, task);
  EXPECT_EQ(seen.runnable[0].reason, RunnableReason::kYield);
  EXPECT_EQ(seen.runnable[0].ran, Micros(7));
  EXPECT_EQ(seen.runnable[0].enqueued_at, Instant() + Millis(3));
  EXPECT_FALSE(seen.runnable[0].any_cpu);
  EXPECT_EQ(seen.allowed[0], CpuSet::FirstN(1));
}

TEST(PolicyDriver, FollowsCustody) {
  PolicyDriver<Recorder> driver{Recorder()};
  TaskId task = driver.Wake(0);
  EXPECT_TRUE(driver.Holds(task));
  driver.policy().to_dispatch = {task};
  EXPECT_EQ(driver.ScheduleTasks(), std::vector<TaskId>{task});
  EXPECT_FALSE(driver.Holds(task));
  driver.Refuse(task);
  EXPECT_TRUE(driver.Holds(task));
  driver.Withdraw(task);
  EXPECT_FALSE(driver.Holds(task));
}

TEST(PolicyDriver, GivesASlotAgainWithAnotherGeneration) {
  PolicyDriver<Recorder> driver{Recorder()};
  TaskId first = driver.Wake(0);
  driver.Exit(first);
  TaskId second = driver.Wake(0);
  EXPECT_EQ(second.slot, first.slot);
  EXPECT_NE(second.generation, first.generation);
  EXPECT_EQ(driver.policy().gone, std::vector<TaskId>{first});
}

TEST(PolicyDriverDeathTest, CatchesAPolicyThatDispatchesWhatItDoesNotHold) {
  PolicyDriver<Recorder> driver{Recorder()};
  TaskId task = driver.Wake(0);
  driver.policy().to_dispatch = {task, task};
  EXPECT_DEATH(driver.Schedule(), "does not hold this task");
}

TEST(PolicyDriverDeathTest, CatchesATestThatBreaksTheProtocol) {
  PolicyDriver<Recorder> driver{Recorder()};
  TaskId task = driver.Wake(0);
  EXPECT_DEATH(driver.Wake(0), "holds this task already");
  EXPECT_DEATH(driver.Refuse(task), "only a dispatched task");
  driver.Exit(task);
  EXPECT_DEATH(driver.Exit(task), "exited already");
}

}  // namespace
}  // namespace scxx
