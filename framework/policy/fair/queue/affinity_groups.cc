// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/affinity_groups.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"

namespace scxx {

AffinityGroups::AffinityGroups(int max_cpus)
    : domain_of_(static_cast<size_t>(max_cpus), 0),
      first_pinned_(static_cast<uint32_t>(std::max(max_cpus, 1))),
      first_shared_(first_pinned_ + static_cast<uint32_t>(max_cpus)),
      groups_(first_shared_ + kSharedSets) {
  for (int cpu = 0; cpu < max_cpus; ++cpu) groups_[PinnedTo(CpuId(cpu))].cpus.Add(CpuId(cpu));
  restricted_.reserve(groups_.size());
}

void AffinityGroups::SetDomains(absl::Span<const uint32_t> by_cpu) {
  SCXX_CHECK_LE(by_cpu.size(), domain_of_.size(), "domains of CPUs beyond max_cpus");
  domains_ = 1;
  for (size_t cpu = 0; cpu < by_cpu.size(); ++cpu) {
    domain_of_[cpu] = by_cpu[cpu];
    domains_ = std::max(domains_, by_cpu[cpu] + 1);
  }
  SCXX_CHECK_LE(domains_, first_pinned_, "more domains than CPUs");
}

uint32_t AffinityGroups::Join(const CpuSet* allowed, CpuId home) {
  if (allowed == nullptr || allowed->empty()) return DomainOf(home);
  const uint32_t number = Find(*allowed, home);
  Group& group = groups_[number];
  if (group.members++ == 0) {
    if (number >= first_shared_) group.cpus = *allowed;
    group.index = static_cast<uint32_t>(restricted_.size());
    restricted_.push_back(number);
  }
  return number;
}

void AffinityGroups::Leave(uint32_t number) {
  if (number < first_pinned_) return;
  Group& group = groups_[number];
  SCXX_CHECK_GT(group.members, 0u, "the group has no members");
  if (--group.members > 0) return;
  groups_[restricted_.back()].index = group.index;
  restricted_[group.index] = restricted_.back();
  restricted_.pop_back();
}

uint32_t AffinityGroups::Find(const CpuSet& allowed, CpuId home) const {
  const CpuId first = allowed.First();
  SCXX_CHECK_LT(PinnedTo(first), first_shared_, "a CPU beyond max_cpus");
  if (!allowed.After(first).IsCpu()) return PinnedTo(first);
  uint32_t unused = 0;
  for (uint32_t number = first_shared_; number < limit(); ++number) {
    const Group& group = groups_[number];
    if (group.members == 0) {
      if (unused == 0) unused = number;
    } else if (group.cpus == allowed) {
      return number;
    }
  }
  return unused != 0 ? unused : PinnedTo(allowed.Contains(home) ? home : first);
}

}  // namespace scxx
