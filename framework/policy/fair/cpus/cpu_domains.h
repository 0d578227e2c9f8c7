// SPDX-License-Identifier: Apache-2.0
//
// CpuDomains numbers the domains of a machine: sets of CPUs that share a last-level cache, so that
// a task which stays in one finds its data there.
//
//   CpuDomains domains(limits.max_cpus, Millis(4), Millis(8));   // one domain
//   domains.Adopt(*ctx.topology);
//   if (domains.several()) {
//     uint32_t home = domains.Of(prev_cpu);
//     domains.Between(home, domains.Of(cpu))                      // kSame, kNear or kFar
//     domains.Margin(home, domains.Of(cpu))                       // 0, 4 or 8 ms
//   }
//
// Nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_DOMAINS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_DOMAINS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/topology/topology.h"

namespace scxx {

class CpuDomains {
 public:
  enum class Distance : uint8_t {
    kSame,  // one domain
    kNear,  // two of a NUMA node
    kFar,   // two of different nodes
  };

  // The margins are what it takes for a task to be worth the way to a domain that is near, or far.
  explicit CpuDomains(int max_cpus, Nanos near = {}, Nanos far = {})
      : near_(near),
        far_(far),
        by_cpu_(static_cast<size_t>(max_cpus), 0),
        nodes_(static_cast<size_t>(max_cpus), 0) {}

  // The machine is this one from now on. It must outlive this and fit in max_cpus.
  void Adopt(const Topology& topology);

  uint32_t count() const { return count_; }
  bool several() const { return count_ > 1; }
  absl::Span<const uint32_t> by_cpu() const { return by_cpu_; }

  // The domain of a CPU; the first for one in no known cache, and for CpuId::None().
  uint32_t Of(CpuId cpu) const { return cpu.IsCpu() ? by_cpu_[cpu.value()] : 0; }
  uint32_t NodeOf(uint32_t domain) const { return nodes_[domain]; }
  Distance Between(uint32_t a, uint32_t b) const {
    if (a == b) return Distance::kSame;
    return nodes_[a] == nodes_[b] ? Distance::kNear : Distance::kFar;
  }

  Nanos MarginOf(Distance distance) const {
    if (distance == Distance::kSame) return Nanos::Zero();
    return distance == Distance::kNear ? near_ : far_;
  }
  Nanos Margin(uint32_t a, uint32_t b) const { return MarginOf(Between(a, b)); }
  // The widest there is on this machine.
  Nanos widest_margin() const {
    if (several_nodes_) return far_;
    return several() ? near_ : Nanos::Zero();
  }

  // Some core has several CPUs.
  bool smt() const { return smt_; }

  // After Adopt: the CPUs of a core, of a domain, and of its node.
  const CpuSet& Core(CpuId cpu) const { return topology_->cores().Of(cpu); }
  const CpuSet& Cpus(uint32_t domain) const { return topology_->llcs().sets()[domain]; }
  const CpuSet& CpusOfNode(uint32_t domain) const {
    return topology_->nodes().sets()[nodes_[domain]];
  }

 private:
  Nanos near_;
  Nanos far_;
  uint32_t count_ = 1;
  bool several_nodes_ = false;
  bool smt_ = false;
  std::vector<uint32_t> by_cpu_;
  std::vector<uint32_t> nodes_;  // by domain
  const Topology* topology_ = nullptr;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_CPUS_CPU_DOMAINS_H_
