// SPDX-License-Identifier: Apache-2.0
//
// FreeCpus knows, for the length of a Schedule call, which CPUs have nothing to run, and how far
// from a domain the nearest of them is.
//
//   FreeCpus free;
//   free.Look(ctx, sink, domains);
//   if (std::optional<CpuDomains::Distance> d = free.DistanceFrom(home)) {
//     CpuId cpu = free.NearestTo(home, prev_cpu);
//     sink.Dispatch({.task = task, .cpu = cpu, ...});
//     free.Update(cpu);
//   }
//
// The sink and the domains that Look was given must outlive every call but the next Look.
//
// Look takes time in proportion to the CPUs; DistanceFrom and Update are a few comparisons. Nothing
// allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CPUS_FREE_CPUS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CPUS_FREE_CPUS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/policy/fair/cpus/cpu_domains.h"
#include "framework/policy/policy.h"

namespace scxx {

class FreeCpus {
 public:
  explicit FreeCpus(int max_cpus)
      : by_domain_(static_cast<size_t>(max_cpus), 0), by_node_(static_cast<size_t>(max_cpus), 0) {}

  void Look(const Context& ctx, const DispatchSink& sink, const CpuDomains& domains);
  // Something was dispatched to this CPU.
  void Update(CpuId cpu);

  bool any() const { return total_ > 0; }
  // nullopt if no CPU is free.
  std::optional<CpuDomains::Distance> DistanceFrom(uint32_t domain) const;

  // One of those that are nearest. Among equals: one whose core has nothing to run; then the one
  // the agent is on, which is free as soon as that parks, then `home`, then the lowest. None() if
  // no CPU is free.
  CpuId NearestTo(uint32_t domain, CpuId home) const;
  // The same among these CPUs.
  CpuId NearestAmong(const CpuSet& cpus, CpuId home) const;

 private:
  void Add(CpuId cpu, int n);
  void FindWholeCores();
  CpuId Best(const CpuSet& candidates, CpuId home) const;
  CpuId Usual(const CpuSet& candidates, CpuId home) const;

  const DispatchSink* sink_ = nullptr;
  const CpuDomains* domains_ = nullptr;
  CpuSet free_;
  CpuSet agent_;  // at most one CPU
  CpuSet whole_;  // of cores that are free as a whole, where some have several CPUs
  int total_ = 0;
  std::vector<int> by_domain_;
  std::vector<int> by_node_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CPUS_FREE_CPUS_H_
