// SPDX-License-Identifier: Apache-2.0
//
// CpuKeys has a key for some of the CPUs, and says whether one in a set of CPUs has a smaller one.
//
//   CpuKeys keys(limits.max_cpus);
//   keys.Set(CpuId(3), key);                    // once
//   keys.OneIsBefore(&allowed, other)           // nullptr: of all that have one
//
// OneIsBefore is mostly a look at the smallest key of all; at worst it takes time in proportion to
// the CPUs of the set. Nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_KEYS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_KEYS_H_

#include <cstddef>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"

namespace scxx {

class CpuKeys {
 public:
  explicit CpuKeys(int max_cpus) : keys_(static_cast<size_t>(max_cpus)) {}

  // No CPU has a key.
  void Clear();
  void Set(CpuId cpu, Vtime key);

  bool OneIsBefore(const CpuSet* cpus, Vtime key) const;

 private:
  CpuSet cpus_;  // those with a key
  CpuId smallest_ = CpuId::None();
  std::vector<Vtime> keys_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_KEYS_H_
