// SPDX-License-Identifier: Apache-2.0

#include "schedulers/skeleton/skeleton_policy.h"

#include <algorithm>

#include "absl/status/status.h"
#include "framework/base/duration.h"
#include "framework/base/range.h"
#include "framework/base/task_id.h"
#include "framework/base/weight.h"

namespace scxx {
namespace {

constexpr absl::Duration kMinSlice = absl::Microseconds(100);
constexpr absl::Duration kMaxSlice = absl::Seconds(1);

Nanos SliceOf(Weight weight, Nanos slice) {
  return std::clamp(slice * weight.load() / Weight().load(), FromDuration(kMinSlice),
                    FromDuration(kMaxSlice));
}

}  // namespace

absl::StatusOr<SkeletonPolicy> SkeletonPolicy::Create(const SkeletonOptions& options,
                                                      const PolicyLimits& limits) {
  const absl::Status status = CheckRange("slice", options.slice, kMinSlice, kMaxSlice);
  if (!status.ok()) return status;
  return SkeletonPolicy(FromDuration(options.slice), limits);
}

SkeletonPolicy::SkeletonPolicy(Nanos slice, const PolicyLimits& limits)
    : slice_(slice), queue_(limits), tasks_(limits.max_tasks) {}

// The task is ours to place. `runnable` says why it is runnable again and what it ran meanwhile.
void SkeletonPolicy::OnRunnable(const Context&, const TaskRunnable& runnable) {
  Task& task = tasks_[runnable.task.slot];
  // Something else took its CPU, a kernel thread perhaps: its turn goes on.
  const bool interrupted =
      runnable.reason == RunnableReason::kPreempted && runnable.slice_left > Nanos::Zero();
  if (interrupted) {
    task.slice = runnable.slice_left;
    queue_.PushFront(runnable.task);
  } else {
    task.slice = SliceOf(runnable.weight, slice_);
    queue_.PushBack(runnable.task);
  }
}

// The task is not ours any more, but it may come back: keep what is known about it.
void SkeletonPolicy::OnWithdrawn(const Context&, const TaskWithdrawn& withdrawn) {
  queue_.Remove(withdrawn.task);
}

// The task has left for good, whether it waited here or not. Forget it: its slot is used again.
void SkeletonPolicy::OnGone(const Context&, const TaskGone& gone) {
  queue_.Remove(gone.task);
  tasks_[gone.task.slot] = {};
}

// A decision could not be carried out. The task is ours again, and should stand where it stood.
void SkeletonPolicy::OnRefused(const Context&, const TaskRefused& refused) {
  queue_.PushFront(refused.task);
}

// Decide, as far ahead as the sink wants to know.
void SkeletonPolicy::Schedule(const Context&, DispatchSink& sink) {
  while (!queue_.empty() && !sink.full()) {
    const TaskId task = queue_.PopFront();
    sink.Dispatch({.task = task, .slice = tasks_[task.slot].slice});
  }
}

}  // namespace scxx
