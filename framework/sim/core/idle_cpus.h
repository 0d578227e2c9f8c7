// SPDX-License-Identifier: Apache-2.0
//
// IdleCpus: the core's built-in idle mask and its default CPU selection (statement S10 and
// assumption A8 of docs/simulation.md). A claim clears a CPU's bit and wakes nobody; the bit comes
// back when the CPU picks its idle task again.

#ifndef SCXX_FRAMEWORK_SIM_CORE_IDLE_CPUS_H_
#define SCXX_FRAMEWORK_SIM_CORE_IDLE_CPUS_H_

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/topology/topology.h"

namespace scxx::sim {

class IdleCpus {
 public:
  // The topology must outlive this.
  explicit IdleCpus(const Topology& topology) : topology_(topology) {}

  void Set(CpuId cpu) { idle_.Add(cpu); }
  void Clear(CpuId cpu) { idle_.Remove(cpu); }
  bool Contains(CpuId cpu) const { return idle_.Contains(cpu); }

  // An idle CPU among `allowed` for a task that last ran on `prev`, claimed; None() if there is
  // none. Prefers a core that is idle as a whole, then what shares more with `prev`.
  CpuId Select(const CpuSet& allowed, CpuId prev);

 private:
  bool CoreIdle(CpuId cpu) const;
  CpuId Pick(const CpuSet& among, bool whole_core) const;
  CpuId PickNear(const CpuSet& allowed, CpuId prev, bool whole_core) const;

  const Topology& topology_;
  CpuSet idle_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_IDLE_CPUS_H_
