// SPDX-License-Identifier: Apache-2.0
//
// First in, first out: tasks run in the order in which they became runnable, on whichever CPU comes
// free, each for at most one slice. A task that used up its slice or yielded goes to the end of the
// queue; one that lost its CPU through no fault of its own (a higher class, a signal) goes back to
// the head with the rest of its slice. Weights are ignored, and so is how long a task slept.
//
// Typical use: as the simplest complete policy, as the base line for others, and for batches of
// equal jobs. With CPU hogs about, a waking task waits behind all of them: number of hogs / CPUs *
// slice.

#ifndef SCXX_SCHEDULERS_FIFO_FIFO_POLICY_H_
#define SCXX_SCHEDULERS_FIFO_FIFO_POLICY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/policy/policy.h"
#include "framework/policy/task_list.h"

namespace scxx {

struct FifoOptions {
  // 100 us to 1 s. The default is short, because the wait of a waking task is a multiple of it, and
  // still a few ticks long (the kernel looks at slices at its tick, every 1 to 4 ms), so that a hog
  // costs no more than one decision per tick.
  absl::Duration slice = absl::Milliseconds(5);
};

class FifoPolicy {
 public:
  static constexpr char kName[] = "fifo";
  // A waking task waits its turn.
  static constexpr bool kWakeupPreemption = false;
  // The only task in the queue is first in it: no need to ask.
  static constexpr bool kDirect = true;

  // InvalidArgument if the slice is out of range.
  static absl::StatusOr<FifoPolicy> Create(const FifoOptions& options, const PolicyLimits& limits);

  void OnRunnable(const Context& ctx, const TaskRunnable& runnable);
  void OnWithdrawn(const Context& ctx, const TaskWithdrawn& withdrawn);
  void OnGone(const Context& ctx, const TaskGone& gone);
  void OnRefused(const Context& ctx, const TaskRefused& refused);
  void Schedule(const Context& ctx, DispatchSink& sink);

 private:
  FifoPolicy(Nanos slice, const PolicyLimits& limits);

  Nanos slice_;
  TaskList queue_;
  std::vector<Nanos> slices_;  // by slot: what the task gets at its next dispatch
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_FIFO_FIFO_POLICY_H_
