// SPDX-License-Identifier: Apache-2.0

#include "framework/base/cpu_set.h"

namespace scxx {
namespace {

CpuId EndOfRun(const CpuSet& set, CpuId cpu) {
  while (set.Contains(CpuId(cpu.value() + 1))) cpu = CpuId(cpu.value() + 1);
  return cpu;
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const CpuSet& set) {
  const char* separator = "";
  for (CpuId first = set.First(); first.IsCpu();) {
    CpuId last = EndOfRun(set, first);
    os << separator << first.value();
    if (last != first) os << '-' << last.value();
    separator = ",";
    first = set.After(last);
  }
  return os;
}

}  // namespace scxx
