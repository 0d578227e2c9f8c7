// SPDX-License-Identifier: Apache-2.0
//
// CpuId names a logical CPU as the kernel numbers it (0..kMaxCpus-1), or says None() ("no CPU yet")
// or Any() ("whichever suits"). A plain value.

#ifndef SCXX_FRAMEWORK_BASE_CPU_H_
#define SCXX_FRAMEWORK_BASE_CPU_H_

#include <compare>
#include <cstdint>
#include <ostream>

namespace scxx {

inline constexpr int kMaxCpus = 1024;

class CpuId {
 public:
  constexpr CpuId() = default;  // None()
  constexpr explicit CpuId(int value) : value_(value) {}

  static constexpr CpuId None() { return CpuId(-1); }
  static constexpr CpuId Any() { return CpuId(-2); }

  // True if this names a CPU; only then is value() an index.
  constexpr bool IsCpu() const { return value_ >= 0; }
  constexpr int value() const { return value_; }

  friend constexpr auto operator<=>(CpuId, CpuId) = default;

  friend std::ostream& operator<<(std::ostream& os, CpuId cpu) {
    if (cpu == Any()) return os << "cpu:any";
    if (!cpu.IsCpu()) return os << "cpu:none";
    return os << "cpu" << cpu.value_;
  }

 private:
  int32_t value_ = -1;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_CPU_H_
