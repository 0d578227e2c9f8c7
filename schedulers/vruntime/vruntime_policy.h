// SPDX-License-Identifier: Apache-2.0
//
// Weighted virtual time with a preference for tasks that just woke: every task gets CPU in
// proportion to its weight, and among tasks that have received about the same, the one that has run
// least since its last sleep goes first. README.md has the figures, and the comparison with
// scx_rustland.
//
// Typical use: a general-purpose scheduler, and the example of how to write one: FairPolicy
// (framework/policy/fair) does the work, and RecentRun is all that is special.

#ifndef SCXX_SCHEDULERS_VRUNTIME_VRUNTIME_POLICY_H_
#define SCXX_SCHEDULERS_VRUNTIME_VRUNTIME_POLICY_H_

#include <algorithm>
#include <cstdint>

#include "absl/status/statusor.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_options.h"
#include "framework/policy/fair/fair_policy.h"
#include "framework/policy/policy.h"

namespace scxx {

// The model: a task is as interactive as it has run little since it woke. CPU hogs all have the
// largest penalty, so that among them service alone counts. Keeps no state.
class RecentRun {
 public:
  explicit RecentRun(Nanos bound) : bound_(bound) {}

  void Enter(uint32_t) {}
  void Learn(uint32_t, const TaskRunnable&) {}
  Nanos Penalty(uint32_t, Weight weight, Nanos burst) const {
    return std::min(ToVirtual(burst, weight), bound_);
  }
  uint32_t PenaltyPace(Weight weight) const {
    return static_cast<uint32_t>(ToVirtual(Nanos(1024), weight).count());
  }
  Nanos Credit(uint32_t) const { return bound_; }
  Nanos Protection(uint32_t, Nanos) const { return Nanos::Zero(); }

 private:
  Nanos bound_;
};

// The defaults are meant for it.
using VruntimeOptions = FairOptions;

class VruntimePolicy : public FairPolicy<RecentRun> {
 public:
  static constexpr char kName[] = "vruntime";
  // A woken task may be ahead of what runs.
  static constexpr bool kWakeupPreemption = true;
  // Where nothing waits, the order does not matter; the run is charged when the next event tells.
  static constexpr bool kDirect = true;

  // InvalidArgument names the option that is out of range, and the range.
  static absl::StatusOr<VruntimePolicy> Create(const VruntimeOptions& options,
                                               const PolicyLimits& limits);

  VruntimePolicy(const FairParams& params, const PolicyLimits& limits)
      : FairPolicy(params, limits, RecentRun(params.bound)) {}
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_VRUNTIME_VRUNTIME_POLICY_H_
