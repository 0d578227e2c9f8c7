// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/cpus/cpu_domains.h"

#include <algorithm>

#include "framework/base/check.h"

namespace scxx {
namespace {

uint32_t NumberOrFirst(int index) { return static_cast<uint32_t>(std::max(index, 0)); }

}  // namespace

void CpuDomains::Adopt(const Topology& topology) {
  topology_ = &topology;
  count_ = std::max(static_cast<uint32_t>(topology.llcs().sets().size()), 1u);
  SCXX_CHECK_LE(size_t{count_}, nodes_.size(), "more caches than max_cpus");
  for (size_t cpu = 0; cpu < by_cpu_.size(); ++cpu) {
    by_cpu_[cpu] = NumberOrFirst(topology.llcs().IndexOf(CpuId(static_cast<int>(cpu))));
  }
  smt_ = topology.cores().sets().size() < static_cast<size_t>(topology.online().size());
  several_nodes_ = false;
  for (uint32_t domain = 0; domain < topology.llcs().sets().size(); ++domain) {
    nodes_[domain] = NumberOrFirst(topology.nodes().IndexOf(Cpus(domain).First()));
    several_nodes_ |= nodes_[domain] != nodes_[0];
  }
}

}  // namespace scxx
