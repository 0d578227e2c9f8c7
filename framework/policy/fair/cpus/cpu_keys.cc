// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_keys.h"

#include <bit>
#include <cstdint>

namespace scxx {

void CpuKeys::Clear() {
  cpus_.Clear();
  smallest_ = CpuId::None();
}

void CpuKeys::Set(CpuId cpu, Vtime key) {
  cpus_.Add(cpu);
  keys_[cpu.value()] = key;
  if (!smallest_.IsCpu() || key.Before(keys_[smallest_.value()])) smallest_ = cpu;
}

bool CpuKeys::OneIsBefore(const CpuSet* cpus, Vtime key) const {
  if (!smallest_.IsCpu() || !keys_[smallest_.value()].Before(key)) return false;
  if (cpus == nullptr || cpus->Contains(smallest_)) return true;
  for (size_t first = 0; first < keys_.size(); first += 64) {
    uint64_t rest = cpus_.word(first / 64) & cpus->word(first / 64);
    for (; rest != 0; rest &= rest - 1) {
      if (keys_[first + static_cast<size_t>(std::countr_zero(rest))].Before(key)) return true;
    }
  }
  return false;
}

}  // namespace scxx
