// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/any_policy.h"

#include <utility>
#include <vector>

#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class Lifo {
 public:
  static constexpr char kName[] = "lifo";
  static constexpr bool kWakeupPreemption = true;

  void OnRunnable(const Context&, const TaskRunnable& r) { stack_.PushFront(r.task); }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { stack_.Remove(w.task); }
  void OnGone(const Context&, const TaskGone& g) { stack_.Remove(g.task); }
  void OnRefused(const Context&, const TaskRefused& f) { stack_.PushFront(f.task); }
  void Schedule(const Context&, DispatchSink& sink) {
    while (!stack_.empty()) sink.Dispatch({.task = stack_.PopFront(), .slice = Millis(1)});
  }

 private:
  TaskList stack_{kDriverLimits};
};

TEST(AnyPolicy, PassesEveryCallOn) {
  PolicyDriver<AnyPolicy> driver{AnyPolicy(Lifo())};
  TaskId a = driver.Wake(0);
  TaskId b = driver.Wake(1);
  TaskId c = driver.Wake(2);
  TaskId d = driver.Wake(3);
  driver.Withdraw(b);
  driver.Exit(c);
  EXPECT_EQ(driver.ScheduleTasks(), (std::vector<TaskId>{d, a}));
  driver.Refuse(a);
  EXPECT_EQ(driver.ScheduleTasks(), (std::vector<TaskId>{a}));
}

TEST(AnyPolicy, HasTheTraitsOfThePolicyItHolds) {
  AnyPolicy policy{Lifo()};
  EXPECT_EQ(TraitsOf(policy).name, "lifo");
  EXPECT_TRUE(TraitsOf(policy).wakeup_preemption);
  EXPECT_FALSE(TraitsOf(policy).direct);
}

TEST(AnyPolicy, Moves) {
  AnyPolicy first{Lifo()};
  AnyPolicy second = std::move(first);
  EXPECT_EQ(second.traits().name, "lifo");
}

}  // namespace
}  // namespace scxx
