// SPDX-License-Identifier: Apache-2.0

#include "schedulers/fifo/fifo_policy.h"

#include "absl/status/status.h"
#include "framework/base/duration.h"
#include "framework/base/range.h"

namespace scxx {
namespace {

constexpr absl::Duration kMinSlice = absl::Microseconds(100);
constexpr absl::Duration kMaxSlice = absl::Seconds(1);

}  // namespace

absl::StatusOr<FifoPolicy> FifoPolicy::Create(const FifoOptions& options,
                                              const PolicyLimits& limits) {
  const absl::Status status = CheckRange("slice", options.slice, kMinSlice, kMaxSlice);
  if (!status.ok()) return status;
  return FifoPolicy(FromDuration(options.slice), limits);
}

FifoPolicy::FifoPolicy(Nanos slice, const PolicyLimits& limits)
    : slice_(slice), queue_(limits), slices_(limits.max_tasks, slice) {}

void FifoPolicy::OnRunnable(const Context&, const TaskRunnable& runnable) {
  bool keeps_turn =
      runnable.reason == RunnableReason::kPreempted && runnable.slice_left > Nanos::Zero();
  slices_[runnable.task.slot] = keeps_turn ? runnable.slice_left : slice_;
  if (keeps_turn) {
    queue_.PushFront(runnable.task);
  } else {
    queue_.PushBack(runnable.task);
  }
}

void FifoPolicy::OnWithdrawn(const Context&, const TaskWithdrawn& withdrawn) {
  queue_.Remove(withdrawn.task);
}

void FifoPolicy::OnGone(const Context&, const TaskGone& gone) { queue_.Remove(gone.task); }

void FifoPolicy::OnRefused(const Context&, const TaskRefused& refused) {
  queue_.PushFront(refused.task);
}

void FifoPolicy::Schedule(const Context&, DispatchSink& sink) {
  while (!queue_.empty() && !sink.full()) {
    TaskId task = queue_.PopFront();
    sink.Dispatch({.task = task, .slice = slices_[task.slot]});
  }
}

}  // namespace scxx
