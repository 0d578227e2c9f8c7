// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/idle_cpus.h"

namespace scxx::sim {

bool IdleCpus::CoreIdle(CpuId cpu) const {
  const CpuSet& core = topology_.cores().Of(cpu);
  return (core & idle_) == core;
}

CpuId IdleCpus::Pick(const CpuSet& among, bool whole_core) const {
  for (CpuId cpu = among.First(); cpu.IsCpu(); cpu = among.After(cpu)) {
    if (!whole_core || CoreIdle(cpu)) return cpu;
  }
  return CpuId::None();
}

CpuId IdleCpus::PickNear(const CpuSet& allowed, CpuId prev, bool whole_core) const {
  const CpuSet candidates = allowed & idle_;
  if (candidates.Contains(prev) && (!whole_core || CoreIdle(prev))) return prev;
  const CpuSet* const near[] = {whole_core ? nullptr : &topology_.cores().Of(prev),
                                &topology_.llcs().Of(prev), &topology_.nodes().Of(prev)};
  for (const CpuSet* set : near) {
    if (set == nullptr) continue;
    if (const CpuId cpu = Pick(candidates & *set, whole_core); cpu.IsCpu()) return cpu;
  }
  return Pick(candidates, whole_core);
}

CpuId IdleCpus::Select(const CpuSet& allowed, CpuId prev) {
  if ((allowed & idle_).empty()) return CpuId::None();
  CpuId cpu = PickNear(allowed, prev, /*whole_core=*/true);
  if (!cpu.IsCpu()) cpu = PickNear(allowed, prev, /*whole_core=*/false);
  if (cpu.IsCpu()) Clear(cpu);
  return cpu;
}

}  // namespace scxx::sim
