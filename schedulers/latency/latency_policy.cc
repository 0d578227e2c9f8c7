// SPDX-License-Identifier: Apache-2.0

#include "schedulers/latency/latency_policy.h"

#include <algorithm>

#include "framework/base/duration.h"
#include "framework/base/range.h"

namespace scxx {

void BurstAndDuty::Learn(uint32_t slot, const TaskRunnable& r) {
  Task& task = tasks_[slot];
  const bool woke = r.reason == RunnableReason::kWakeup;
  // Where the kernel dispatched by itself, `ran` is more than the burst at hand, whose sleep is the
  // only one known. A wakeup whose sleep is unknown says nothing about duty.
  if (!woke || r.slept > Nanos::Zero()) task.score.Ran(std::min(r.ran, r.ran_since_sleep));
  if (woke) task.score.Slept(r.ran_since_sleep, r.slept);
  task.value = task.score.Value(woke ? Nanos::Zero() : r.ran_since_sleep);
}

Nanos BurstAndDuty::Penalty(uint32_t slot, Weight, Nanos burst) const {
  const Task& task = tasks_[slot];
  const int64_t value = std::min(task.value, task.score.Value(burst));
  return bound_ - bound_ * value / BurstScore::kMax;
}

uint32_t BurstAndDuty::PenaltyPace(Weight) const {
  return static_cast<uint32_t>(bound_ * 1024 / BurstScore::kFastestFall);
}

Nanos BurstAndDuty::Credit(uint32_t slot) const {
  return credit_min_ + (bound_ - credit_min_) * tasks_[slot].value / BurstScore::kMax;
}

Nanos BurstAndDuty::Protection(uint32_t slot, Nanos burst) const {
  const Task& task = tasks_[slot];
  const Nanos rest = task.score.Rest(burst);
  const bool nearly_done = Nanos::Zero() < rest && rest <= kNearlyDone;
  return nearly_done && task.value >= BurstScore::kMax / 2 ? rest : Nanos::Zero();
}

void BurstAndDuty::Explain(uint32_t slot, Explanation* out) const {
  const Task& task = tasks_[slot];
  out->Add("usual burst", task.score.usual_burst());
  out->Add("burst factor", task.score.BurstFactor(Nanos::Zero()));
  out->Add("duty factor", task.score.DutyFactor());
  out->Add("score", task.value);
}

absl::StatusOr<LatencyPolicy> LatencyPolicy::Create(const LatencyOptions& options,
                                                    const PolicyLimits& limits) {
  absl::StatusOr<FairParams> params = ParamsFrom(options.fair);
  if (!params.ok()) return params.status();
  absl::Status status =
      CheckRange("credit_min", options.credit_min, absl::ZeroDuration(), options.fair.bound);
  if (!status.ok()) return status;
  return LatencyPolicy(*params, FromDuration(options.credit_min), limits);
}

}  // namespace scxx
