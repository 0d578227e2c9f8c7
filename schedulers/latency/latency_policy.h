// SPDX-License-Identifier: Apache-2.0
//
// Quick answers for tasks of short bursts, at a fair share for all: the order is that of vruntime,
// but what counts as interactive is learnt from how a task has behaved over its last bursts and
// sleeps (burst_score.h), and the window within which that counts is twice as wide. A task gains
// order, never CPU time, so there is nothing to be had from looking interactive. README.md has the
// figures.
//
// Typical use: desktops, servers that answer requests beside batch jobs, audio.

#ifndef SCXX_SCHEDULERS_LATENCY_LATENCY_POLICY_H_
#define SCXX_SCHEDULERS_LATENCY_LATENCY_POLICY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "framework/policy/explanation.h"
#include "framework/policy/fair/core/fair_params.h"
#include "framework/policy/fair/fair_options.h"
#include "framework/policy/fair/fair_policy.h"
#include "framework/policy/policy.h"
#include "schedulers/latency/burst_score.h"

namespace scxx {

// The model: the penalty falls, and the credit for a sleep rises, with the score.
class BurstAndDuty {
 public:
  // A task that is likely to sleep within this time is not interrupted.
  static constexpr Nanos kNearlyDone = Micros(100);

  // `credit_min` is the credit of a hog, at most `bound`.
  BurstAndDuty(Nanos bound, Nanos credit_min, const PolicyLimits& limits)
      : bound_(bound), credit_min_(credit_min), tasks_(limits.max_tasks) {}

  void Enter(uint32_t slot) { tasks_[slot] = {}; }
  void Learn(uint32_t slot, const TaskRunnable& r);
  Nanos Penalty(uint32_t slot, Weight, Nanos burst) const;
  uint32_t PenaltyPace(Weight) const;
  Nanos Credit(uint32_t slot) const;
  Nanos Protection(uint32_t slot, Nanos burst) const;

  void Explain(uint32_t slot, Explanation* out) const;
  const BurstScore& score(uint32_t slot) const { return tasks_[slot].score; }

 private:
  struct Task {
    BurstScore score;
    int64_t value = 0;  // the score when it was last queued
  };

  Nanos bound_;
  Nanos credit_min_;
  std::vector<Task> tasks_;  // by slot
};

struct LatencyOptions {
  FairOptions fair = {.period = absl::Milliseconds(24),
                      .bound = absl::Milliseconds(8),
                      .margin = absl::Microseconds(500)};
  // How far behind the others a CPU hog may start after a sleep; the most interactive tasks may by
  // `fair.bound`. 0 to that. With less than a slice and a tick, a busy task loses time by short
  // sleeps; with more, a long job that rested can hold up a short one.
  absl::Duration credit_min = absl::Milliseconds(4);
};

class LatencyPolicy : public FairPolicy<BurstAndDuty> {
 public:
  static constexpr char kName[] = "latency";
  // A woken task may be ahead of what runs.
  static constexpr bool kWakeupPreemption = true;
  // Where nothing waits, the order does not matter; the run is charged when the next event tells.
  static constexpr bool kDirect = true;

  // InvalidArgument names the option that is out of range, and the range.
  static absl::StatusOr<LatencyPolicy> Create(const LatencyOptions& options,
                                              const PolicyLimits& limits);

  LatencyPolicy(const FairParams& params, Nanos credit_min, const PolicyLimits& limits)
      : FairPolicy(params, limits, BurstAndDuty(params.bound, credit_min, limits)) {}
};

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_LATENCY_LATENCY_POLICY_H_
