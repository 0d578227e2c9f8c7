// SPDX-License-Identifier: Apache-2.0
//
// The example of policy.h: that it does what it says, and that the header shows it word for word.

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"
#include "framework/policy/testing/policy_driver.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

class Fifo {
 public:
  static constexpr char kName[] = "example_fifo";

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

std::string ReadFile(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The code in the header's comment, from the class to the static_assert.
std::string ExampleInHeader() {
  constexpr absl::string_view kIndent = "//   ";
  std::istringstream header(ReadFile("framework/policy/policy.h"));
  std::string example;
  bool inside = false;
  for (std::string line; std::getline(header, line);) {
    inside |= line == "//   class Fifo {";
    if (!inside) continue;
    example += line.size() > kIndent.size() ? line.substr(kIndent.size()) + "\n" : "\n";
    if (line.find("static_assert") != std::string::npos) break;
  }
  return example;
}

TEST(PolicyExample, StandsInTheHeaderWordForWord) {
  std::string example = ExampleInHeader();
  ASSERT_NE(example.find("static_assert(Policy<Fifo>);"), std::string::npos) << example;
  EXPECT_NE(ReadFile("framework/policy/policy_example_test.cc").find(example), std::string::npos)
      << example;
}

}  // namespace
}  // namespace scxx
