// SPDX-License-Identifier: Apache-2.0
//
// Every task in its turn, for a slice in proportion to its weight.
//
// Tasks wait in one queue and run in the order in which they came, on whichever CPU comes free; a
// task that uses up its slice goes to the end. So CPU hogs share the CPU by weight, and a task that
// wakes waits for everyone before it: hogs / CPUs * slice.

#ifndef SCXX_SCHEDULERS_SKELETON_SKELETON_POLICY_H_
#define SCXX_SCHEDULERS_SKELETON_SKELETON_POLICY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"

namespace scxx {

struct SkeletonOptions {
  // Of a task at nice 0; others get more or less, by weight. 100 us to 1 s.
  absl::Duration slice = absl::Milliseconds(5);
};

class SkeletonPolicy {
 public:
  static constexpr char kName[] = "skeleton";
  // A woken task waits its turn: no need to run the agent early.
  static constexpr bool kWakeupPreemption = false;
  // The only task in the queue is first in it: no need to ask.
  static constexpr bool kDirect = true;

  // InvalidArgument if an option is out of range. Allocates all that the policy will ever use.
  static absl::StatusOr<SkeletonPolicy> Create(const SkeletonOptions& options,
                                               const PolicyLimits& limits);

  void OnRunnable(const Context& ctx, const TaskRunnable& runnable);
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& withdrawn);
  void OnGone(const Context& ctx, const TaskGone& gone);
  void OnRefused(const Context& ctx, const TaskRefused& refused);
  void Schedule(const Context& ctx, DispatchSink& sink);

 private:
  // What is kept about a task.
  struct Task {
    Nanos slice = {};  // for its next turn
  };

  SkeletonPolicy(Nanos slice, const PolicyLimits& limits);

  Nanos slice_;
  TaskList queue_;
  std::vector<Task> tasks_;  // by slot
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_SKELETON_SKELETON_POLICY_H_
