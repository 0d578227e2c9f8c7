// SPDX-License-Identifier: Apache-2.0
//
// Weight is a task's share of the CPU relative to others: twice the weight, twice the time.
//
//   Weight w = Weight::FromNice(5);
//   w.load()     // 335:  the kernel's load weight, 1024 = nice 0; what arithmetic should use
//   w.cgroup()   // 33:   sched_ext's scale, 1..10000, 100 = nice 0; coarse, for display
//   w.nice()     // 5:    the nearest nice value, -20..19
//   Nanos v = ToVirtual(ran, w);   // time on a virtual clock: runs slower for heavier tasks
//
// sched_ext reports the cgroup scale only, which puts nice 17 and 18 on one value and is a third
// off at nice 19; the load scale keeps all forty apart. A plain value.

#ifndef SCXX_FRAMEWORK_BASE_WEIGHT_H_
#define SCXX_FRAMEWORK_BASE_WEIGHT_H_

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <ostream>

#include "framework/base/units.h"

namespace scxx {

class Weight {
 public:
  static constexpr int kMinNice = -20;
  static constexpr int kMaxNice = 19;
  static constexpr uint32_t kMaxLoad = 102400;  // cgroup weight 10000

  constexpr Weight() = default;  // nice 0

  // Each clamps its argument to the scale's range.
  static constexpr Weight FromNice(int nice) {
    return Weight(kNiceLoads[std::clamp(nice, kMinNice, kMaxNice) - kMinNice]);
  }
  static constexpr Weight FromLoad(uint32_t load) {
    return Weight(std::clamp<uint32_t>(load, 1, kMaxLoad));
  }
  static constexpr Weight FromCgroup(uint32_t weight) {
    return Weight((std::clamp<uint32_t>(weight, 1, 10000) * 1024 + 50) / 100);
  }
  // A SCHED_IDLE task's weight in the kernel.
  static constexpr Weight Idle() { return Weight(3); }

  constexpr uint32_t load() const { return load_; }
  constexpr uint32_t cgroup() const {
    return std::clamp<uint32_t>((load_ * 100 + 512) / 1024, 1, 10000);
  }
  constexpr int nice() const;

  friend constexpr auto operator<=>(Weight, Weight) = default;
  friend std::ostream& operator<<(std::ostream& os, Weight w) { return os << "w" << w.load_; }

 private:
  constexpr explicit Weight(uint32_t load) : load_(load) {}

  // The kernel's sched_prio_to_weight: a step of nice is a factor of about 1.25.
  static constexpr std::array<uint32_t, 40> kNiceLoads = {
      88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,  // -20..-11
      9548,  7620,  6100,  4904,  3906,  3121,  2501,  1991,  1586,  1277,   // -10..-1
      1024,  820,   655,   526,   423,   335,   272,   215,   172,   137,    // 0..9
      110,   87,    70,    56,    45,    36,    29,    23,    18,    15,     // 10..19
  };

  uint32_t load_ = 1024;
};

constexpr int Weight::nice() const {
  int nice = kMinNice;
  while (nice < kMaxNice) {
    // Nearer to this level than to the next lighter one?
    uint32_t here = kNiceLoads[nice - kMinNice];
    uint32_t lighter = kNiceLoads[nice + 1 - kMinNice];
    if (2 * load_ >= here + lighter) break;
    ++nice;
  }
  return nice;
}

// floor(real * 1024 / load): what `real` adds to the virtual clock of a task of weight `w`.
// `real` must not be negative.
constexpr Nanos ToVirtual(Nanos real, Weight w) {
  return Nanos(
      static_cast<int64_t>(static_cast<unsigned __int128>(real.count()) * 1024 / w.load()));
}

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_WEIGHT_H_
