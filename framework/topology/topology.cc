// SPDX-License-Identifier: Apache-2.0

#include "framework/topology/topology.h"

#include "framework/base/check.h"

namespace scxx {
namespace {

// CPUs 0..nr_cpus-1 in groups of `width`.
CpuGroups EvenGroups(int nr_cpus, int width) {
  CpuGroups groups;
  for (int first = 0; first < nr_cpus; first += width) {
    CpuSet set;
    for (int cpu = first; cpu < first + width; ++cpu) set.Add(CpuId(cpu));
    groups.Add(set);
  }
  return groups;
}

}  // namespace

bool CpuGroups::Add(const CpuSet& set) {
  for (CpuId cpu : set) {
    if (IndexOf(cpu) >= 0) return false;
  }
  for (CpuId cpu : set) {
    if (static_cast<size_t>(cpu.value()) >= index_.size()) index_.resize(cpu.value() + 1, -1);
    index_[cpu.value()] = static_cast<int>(sets_.size());
  }
  sets_.push_back(set);
  return true;
}

const CpuSet& CpuGroups::Of(CpuId cpu) const {
  static constexpr CpuSet kNoCpus;
  int index = IndexOf(cpu);
  return index < 0 ? kNoCpus : sets_[index];
}

int CpuGroups::IndexOf(CpuId cpu) const {
  bool known = cpu.IsCpu() && static_cast<size_t>(cpu.value()) < index_.size();
  return known ? index_[cpu.value()] : -1;
}

Topology Topology::Synthetic(const TopologySpec& spec) {
  SCXX_CHECK_GT(spec.nodes, 0);
  SCXX_CHECK_GT(spec.llcs_per_node, 0);
  SCXX_CHECK_GT(spec.cores_per_llc, 0);
  SCXX_CHECK_GT(spec.threads_per_core, 0);
  int per_llc = spec.cores_per_llc * spec.threads_per_core;
  int per_node = spec.llcs_per_node * per_llc;

  Topology topology;
  topology.max_cpus_ = spec.nodes * per_node;
  SCXX_CHECK_LE(topology.max_cpus_, kMaxCpus);
  topology.online_ = CpuSet::FirstN(topology.max_cpus_);
  topology.cores_ = EvenGroups(topology.max_cpus_, spec.threads_per_core);
  topology.llcs_ = EvenGroups(topology.max_cpus_, per_llc);
  topology.nodes_ = EvenGroups(topology.max_cpus_, per_node);
  return topology;
}

namespace {

// A group without a CPU that is online is none. A CPU that was in none has one of its own.
CpuGroups OnlineOf(const CpuGroups& groups, const CpuSet& online) {
  CpuGroups left;
  for (const CpuSet& set : groups.sets()) {
    if (const CpuSet rest = set & online; !rest.empty()) left.Add(rest);
  }
  for (CpuId cpu : online) {
    if (left.IndexOf(cpu) < 0) left.Add(CpuSet::Only(cpu));
  }
  return left;
}

}  // namespace

Topology Topology::WithOnline(const CpuSet& online) const {
  Topology topology = *this;
  topology.online_ = online;
  for (CpuGroups* groups : {&topology.cores_, &topology.llcs_, &topology.nodes_}) {
    *groups = OnlineOf(*groups, online);
  }
  return topology;
}

Topology Topology::WithPossible(int cpus) const {
  SCXX_CHECK_GE(cpus, max_cpus_);
  SCXX_CHECK_LE(cpus, kMaxCpus);
  Topology topology = *this;
  topology.max_cpus_ = cpus;
  return topology;
}

}  // namespace scxx
