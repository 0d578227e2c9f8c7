// SPDX-License-Identifier: Apache-2.0
//
// Last in, first out: the last to wake is the first to run, and who has had a turn waits behind all
// others. A policy for a test, and no more.

#ifndef SCXX_TESTS_OUT_OF_TREE_LIFO_LIFO_POLICY_H_
#define SCXX_TESTS_OUT_OF_TREE_LIFO_LIFO_POLICY_H_

#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"

class LifoPolicy {
 public:
  static constexpr char kName[] = "lifo";

  LifoPolicy(scxx::Nanos slice, const scxx::PolicyLimits& limits) : slice_(slice), stack_(limits) {}

  void OnRunnable(const scxx::Context&, const scxx::TaskRunnable& r) {
    if (r.reason == scxx::RunnableReason::kWakeup) return stack_.PushFront(r.task);
    stack_.PushBack(r.task);
  }
  void OnWithdrawn(const scxx::Context&, const scxx::TaskWithdrawn& w) { stack_.Remove(w.task); }
  void OnGone(const scxx::Context&, const scxx::TaskGone& g) { stack_.Remove(g.task); }
  void OnRefused(const scxx::Context&, const scxx::TaskRefused& f) { stack_.PushFront(f.task); }

  void Schedule(const scxx::Context&, scxx::DispatchSink& sink) {
    while (!stack_.empty() && !sink.full()) {
      sink.Dispatch({.task = stack_.PopFront(), .slice = slice_});
    }
  }

 private:
  scxx::Nanos slice_;
  scxx::TaskList stack_;
};
static_assert(scxx::Policy<LifoPolicy>);

#endif  // SCXX_TESTS_OUT_OF_TREE_LIFO_LIFO_POLICY_H_
