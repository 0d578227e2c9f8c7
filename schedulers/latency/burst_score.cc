// SPDX-License-Identifier: Apache-2.0

#include "schedulers/latency/burst_score.h"

#include <algorithm>
#include <bit>

namespace scxx {
namespace {

// Eight times the binary logarithm, piecewise linear. `time` of less than 8 ns counts as 8 ns.
constexpr int64_t Log8(Nanos time) {
  const auto ns = static_cast<uint64_t>(std::max(time, Nanos(8)).count());
  const int exponent = std::bit_width(ns) - 1;
  return 8 * exponent + static_cast<int64_t>(ns >> (exponent - 3) & 7);
}

constexpr int64_t kLogShort = Log8(BurstScore::kShort);
constexpr int64_t kLogLong = Log8(BurstScore::kLong);
static_assert(kLogShort == 143 && kLogLong == 183);

}  // namespace

void BurstScore::Ran(Nanos time) {
  run_ += std::clamp(time, Nanos::Zero(), kWindow);
  Shrink();
}

void BurstScore::Slept(Nanos burst, Nanos sleep) {
  if (burst > usual_burst_) {
    usual_burst_ += (burst - usual_burst_) / 2;
  } else {
    usual_burst_ -= (usual_burst_ - burst) / 8;
  }
  sleep_ += std::clamp(sleep, Nanos::Zero(), kWindow);
  Shrink();
}

void BurstScore::Shrink() {
  while (run_ + sleep_ > kWindow) {
    run_ = run_ / 2;
    sleep_ = sleep_ / 2;
  }
}

int64_t BurstScore::BurstFactor(Nanos burst) const {
  const int64_t log = std::clamp(Log8(std::max(usual_burst_, burst)), kLogShort, kLogLong);
  return (kLogLong - log) * kMax / (kLogLong - kLogShort);
}

int64_t BurstScore::DutyFactor() const {
  const Nanos all = run_ + sleep_;
  const int64_t duty = all == Nanos::Zero() ? kMax / 2 : run_ * kMax / all;
  return std::clamp<int64_t>(2 * (3 * kMax / 4 - duty), 0, kMax);
}

}  // namespace scxx
