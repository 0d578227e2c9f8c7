// SPDX-License-Identifier: Apache-2.0
//
// Service is what a task has received: its CPU time divided by its weight, as a point on the
// virtual clock. Fractions are kept, so that many short runs cost exactly what a long one costs.
//
//   Service service(Vtime(0));
//   service.Charge(Millis(1), Weight::FromNice(5));   // 3,056,716 and 140 / 335
//   service.Charge(Millis(2), Weight::FromNice(5));   // 9,170,149 and 85 / 335: as 3 ms at once
//
// A plain value of 16 bytes.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CORE_SERVICE_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CORE_SERVICE_H_

#include <algorithm>
#include <cstdint>

#include "framework/base/units.h"
#include "framework/base/weight.h"

namespace scxx {

class Service {
 public:
  constexpr Service() = default;
  constexpr explicit Service(Vtime v) : v_(v) {}

  constexpr Vtime v() const { return v_; }
  // The fraction not yet in v(), in 1 / load of a nanosecond.
  constexpr uint32_t rem() const { return rem_; }

  // Adds CPU time that the task ran at `weight`; below zero counts as zero.
  constexpr void Charge(Nanos ran, Weight weight) {
    const auto real = static_cast<uint64_t>(std::max(ran, Nanos::Zero()).count());
    if (real < kNoOverflow) [[likely]] {
      Add(real * 1024 + rem_, weight);
    } else {
      Add(static_cast<unsigned __int128>(real) * 1024 + rem_, weight);
    }
  }

  // Sets the point; the fraction is dropped, also when the point stays.
  constexpr void MoveTo(Vtime v) { *this = Service(v); }

 private:
  static constexpr uint64_t kNoOverflow = uint64_t{1} << 53;

  template <typename Int>
  constexpr void Add(Int scaled, Weight weight) {
    v_ += Nanos(static_cast<int64_t>(scaled / weight.load()));
    rem_ = static_cast<uint32_t>(scaled % weight.load());
  }

  Vtime v_;
  uint32_t rem_ = 0;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CORE_SERVICE_H_
