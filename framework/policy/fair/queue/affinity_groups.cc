// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/affinity_groups.h"

#include <algorithm>

#include "framework/base/check.h"

namespace scxx {

AffinityGroups::AffinityGroups(int max_cpus)
    : first_pinned_(static_cast<uint32_t>(std::max(max_cpus, 1))),
      first_shared_(first_pinned_ + static_cast<uint32_t>(max_cpus)),
      groups_(first_shared_ + kSharedSets) {
  for (int cpu = 0; cpu < max_cpus; ++cpu) groups_[PinnedTo(CpuId(cpu))].cpus.Add(CpuId(cpu));
  restricted_.reserve(groups_.size());
}

uint32_t AffinityGroups::Join(const CpuSet* allowed, CpuId home, uint32_t domain) {
  if (allowed == nullptr || allowed->empty()) return domain;
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
