// SPDX-License-Identifier: Apache-2.0
//
// TestFifo is the policy of tests that need one: first in, first out, on whichever CPU is free.
//
//   Engine<TestFifo> engine(TestFifo(backend.limits()), backend, {});
//
// A policy that a test is about derives from it, declares anew what it does otherwise, and leaves
// the rest to it. There is nothing virtual here, since an engine calls the policy that it is made
// of:
//
//   // Forgets the first task that it sees.
//   class Forgetful : public TestFifo {
//    public:
//     static constexpr char kName[] = "forgetful";
//     using TestFifo::TestFifo;
//     void OnRunnable(const Context& ctx, const TaskRunnable& r) {
//       if (++seen_ > 1) TestFifo::OnRunnable(ctx, r);
//     }
//     ...
//
// Memory: taken by the constructor, for as many tasks as the limits say.

#ifndef SCXX_FRAMEWORK_POLICY_TESTING_TEST_FIFO_H_
#define SCXX_FRAMEWORK_POLICY_TESTING_TEST_FIFO_H_

#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"

namespace scxx {

class TestFifo {
 public:
  static constexpr char kName[] = "test_fifo";

  // `slice`: what every task gets.
  explicit TestFifo(const PolicyLimits& limits, Nanos slice = Millis(5))
      : queue_(limits), slice_(slice) {}

  void OnRunnable(const Context&, const TaskRunnable& r) { queue_.PushBack(r.task); }
  void OnWithdrawn(const Context&, const TaskWithdrawn& w) { queue_.Remove(w.task); }
  void OnGone(const Context&, const TaskGone& g) { queue_.Remove(g.task); }
  void OnRefused(const Context&, const TaskRefused& f) { queue_.PushFront(f.task); }
  void Schedule(const Context&, DispatchSink& sink) { DispatchAll(sink); }

 protected:
  // As many as there is room for.
  void DispatchAll(DispatchSink& sink, CpuId cpu = CpuId::Any()) {
    while (!queue_.empty() && !sink.full(cpu)) {
      sink.Dispatch({.task = queue_.PopFront(), .cpu = cpu, .slice = slice_});
    }
  }

  // The tasks that wait.
  TaskList& queue() { return queue_; }
  const TaskList& queue() const { return queue_; }

 private:
  TaskList queue_;
  Nanos slice_;
};
static_assert(Policy<TestFifo>);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_TESTING_TEST_FIFO_H_
