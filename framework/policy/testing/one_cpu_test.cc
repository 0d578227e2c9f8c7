// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/testing/one_cpu.h"

#include <cstdint>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

constexpr PolicyLimits kLimits{.max_tasks = 4, .max_cpus = 1};

// First in, first out with slices of 3 ms; slot 0 interrupts whatever runs. Notes its events.
struct Recorder {
  static constexpr char kName[] = "recorder";

  void OnRunnable(const Context&, const TaskRunnable& r) {
    events.push_back(r);
    queue.PushBack(r.task);
  }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { queue.Remove(w.task); }
  void OnGone(const Context&, const TaskGone& g) { gone.push_back(g.task); }
  void OnRefused(const Context&, const TaskRefused&) {}
  void Schedule(const Context&, DispatchSink& sink) {
    if (queue.empty()) return;
    if (!sink.full()) return sink.Dispatch({.task = queue.PopFront(), .slice = Millis(3)});
    const TaskId urgent{.slot = 0, .generation = 1};
    if (!queue.Remove(urgent)) return;
    sink.Dispatch({.task = urgent, .cpu = CpuId(0), .slice = Millis(3), .preempt = true});
  }

  TaskList queue{kLimits};
  std::vector<TaskRunnable> events;
  std::vector<TaskId> gone;
};

Burst Hog() { return {.run = Seconds(100)}; }

class OneCpuTest : public testing::Test {
 protected:
  const std::vector<TaskRunnable>& events() const { return machine_.policy().events; }
  TaskRunnable Last() const { return events().back(); }

  OneCpu<Recorder> machine_{Recorder(), {.limits = kLimits, .tick = Millis(2)}};
};

TEST_F(OneCpuTest, EndsASliceAtTheTickAfterIt) {
  machine_.RunFor(Millis(1));
  const int hog = machine_.Start(Hog);
  machine_.RunUntil(Instant() + Millis(6));  // 4 ms is in the slice's last millisecond
  EXPECT_EQ(events().size(), 2u);
  EXPECT_EQ(Last().reason, RunnableReason::kSliceEnd);
  EXPECT_EQ(Last().ran, Millis(3));
  machine_.RunUntil(Instant() + Millis(10));
  EXPECT_EQ(Last().ran, Millis(4));  // began at 4 ms, was due at 7
  EXPECT_EQ(machine_.Ran(hog), Millis(9));
}

TEST_F(OneCpuTest, TellsOfASleepWhenItIsOver) {
  const int sleeper = machine_.Start([] { return Burst{.run = Millis(1), .sleep = Millis(5)}; });
  machine_.RunFor(Millis(5));
  EXPECT_EQ(events().size(), 1u);
  EXPECT_FALSE(machine_.IsQueued(sleeper) || machine_.IsRunning(sleeper));
  machine_.RunFor(Millis(2));
  EXPECT_EQ(Last().reason, RunnableReason::kWakeup);
  EXPECT_EQ(Last().ran, Millis(1));
  EXPECT_EQ(Last().ran_since_sleep, Millis(1));
  EXPECT_EQ(Last().slept, Millis(5));
  EXPECT_EQ(machine_.RunnableSince(sleeper), Instant() + Millis(6));
}

TEST_F(OneCpuTest, InterruptsAndTellsWhatIsLeft) {
  machine_.Start([] { return Burst{.run = Micros(500), .sleep = Millis(9)}; });
  const int hog = machine_.Start(Hog);
  machine_.RunUntil(Instant() + Micros(9501));
  EXPECT_EQ(Last().task, machine_.Id(hog));
  EXPECT_EQ(Last().reason, RunnableReason::kPreempted);
  EXPECT_EQ(Last().ran, Micros(1500));  // since 8 ms
  EXPECT_EQ(Last().slice_left, Micros(1500));
  EXPECT_EQ(Last().ran_since_sleep, Millis(9));
}

TEST_F(OneCpuTest, YieldsExitsAndUsesSlotsAgain) {
  const int first = machine_.Start([] { return Burst{.run = Millis(1), .exit = true}; });
  const int yielder = machine_.Start([] { return Burst{.run = Micros(100)}; });
  machine_.RunFor(Micros(1150));
  EXPECT_TRUE(machine_.IsGone(first));
  EXPECT_EQ(machine_.policy().gone, std::vector<TaskId>{machine_.Id(first)});
  EXPECT_EQ(Last().task, machine_.Id(yielder));
  EXPECT_EQ(Last().reason, RunnableReason::kYield);
  const int next = machine_.Start(Hog);
  EXPECT_EQ(machine_.Id(next).slot, machine_.Id(first).slot);
  EXPECT_EQ(machine_.Id(next).generation, machine_.Id(first).generation + 1);
}

TEST_F(OneCpuTest, TellsOfAWeightWithTheNextEvent) {
  const int running = machine_.Start(Hog);
  const int queued = machine_.Start(Hog);
  machine_.SetWeight(running, Weight::FromNice(5));
  EXPECT_EQ(events().size(), 2u);
  machine_.SetWeight(queued, Weight::FromNice(-5));
  EXPECT_EQ(Last().reason, RunnableReason::kRequeue);
  EXPECT_EQ(Last().weight, Weight::FromNice(-5));
  machine_.RunFor(Millis(5));
  EXPECT_EQ(events()[3].task, machine_.Id(running));
  EXPECT_EQ(events()[3].weight, Weight::FromNice(5));
}

TEST_F(OneCpuTest, MeasuresWaits) {
  machine_.Start(Hog);
  const int second = machine_.Start(Hog);
  machine_.RunFor(Millis(3));
  EXPECT_EQ(machine_.Waited(second), Millis(3));
  machine_.RunFor(Millis(30));
  EXPECT_EQ(machine_.LongestWait(second), Millis(4));
}

TEST(OneCpu, PutsTasksIntoTheSlotsGiven) {
  OneCpu<Recorder> machine(Recorder(), {.limits = kLimits, .slots = {2, 0, 3, 1}});
  EXPECT_EQ(machine.Id(machine.Start(Hog)).slot, 2u);
  EXPECT_EQ(machine.Id(machine.Start(Hog)).slot, 0u);
}

}  // namespace
}  // namespace scxx
