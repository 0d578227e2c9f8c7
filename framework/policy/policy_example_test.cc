// SPDX-License-Identifier: Apache-2.0
//
// The example of policy.h, word for word, and that it does what it says.

#include <string_view>
#include <vector>

#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class Fifo {
 public:
  static constexpr std::string_view kName = "example_fifo";

  explicit Fifo(const PolicyLimits& limits) : queue_(limits) {}

  void OnRunnable(const Context&, const TaskRunnable& r) { queue_.PushBack(r.task); }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { queue_.Remove(w.task); }
  void OnGone(const Context&, const TaskGone& g) { queue_.Remove(g.task); }
  void OnRefused(const Context&, const TaskRefused& f) { queue_.PushFront(f.task); }

  void Schedule(const Context&, DispatchSink& sink) {
    while (!queue_.empty() && !sink.full()) {
      sink.Dispatch({.task = queue_.PopFront(), .slice = Millis(5)});
    }
  }

 private:
  TaskList queue_;
};
static_assert(Policy<Fifo>);

TEST(PolicyExample, RunsTasksInTheOrderOfTheirArrival) {
  PolicyDriver<Fifo> driver(Fifo({.max_tasks = 8, .max_cpus = 1}));
  TaskId a = driver.Wake(0);
  TaskId b = driver.Wake(1);
  TaskId c = driver.Wake(2);
  driver.Withdraw(b);
  EXPECT_EQ(driver.ScheduleTasks(), (std::vector<TaskId>{a, c}));
}

}  // namespace
}  // namespace scxx
