// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/queue/affinity_groups.h"

#include <algorithm>
#include <bit>
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
      groups_(first_shared_ + kSharedSets),
      sets_with_((static_cast<size_t>(max_cpus) + 63) / 64 * 64, 0) {
  for (int cpu = 0; cpu < max_cpus; ++cpu) groups_[PinnedTo(CpuId(cpu))].cpus.Add(CpuId(cpu));
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
  if (groups_[number].members++ == 0) SetInUse(number, true);
  return number;
}

void AffinityGroups::Leave(uint32_t number) {
  if (number < first_pinned_) return;
  Group& group = groups_[number];
  SCXX_CHECK_GT(group.members, 0u, "the group has no members");
  if (--group.members == 0) SetInUse(number, false);
}

void AffinityGroups::SetInUse(uint32_t number, bool in_use) {
  if (number >= first_shared_) {
    sets_in_use_ ^= uint64_t{1} << (number - first_shared_);
    return;
  }
  const CpuId cpu(static_cast<int>(number - first_pinned_));
  pinned_in_use_ += in_use ? 1 : -1;
  in_use ? pinned_.Add(cpu) : pinned_.Remove(cpu);
}

uint64_t AffinityGroups::SetsMeeting(const CpuSet& cpus) const {
  uint64_t meeting = 0;
  for (size_t first = 0; first < sets_with_.size(); first += 64) {
    for (uint64_t rest = cpus.word(first / 64); rest != 0; rest &= rest - 1) {
      if (meeting == sets_in_use_) return meeting;
      meeting |= sets_with_[first + static_cast<size_t>(std::countr_zero(rest))] & sets_in_use_;
    }
  }
  return meeting;
}

uint64_t AffinityGroups::HashOf(const CpuSet& cpus) const {
  uint64_t hash = 0;
  for (size_t first = 0; first < sets_with_.size(); first += 64) {
    hash = (hash ^ cpus.word(first / 64)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return hash;
}

void AffinityGroups::Define(uint32_t set, const CpuSet& cpus, uint64_t hash) {
  CpuSet& its = groups_[first_shared_ + set].cpus;
  const uint64_t bit = uint64_t{1} << set;
  its = cpus;
  for (size_t cpu = 0; cpu < sets_with_.size(); ++cpu) {
    const bool member = cpus.Contains(CpuId(static_cast<int>(cpu)));
    sets_with_[cpu] = member ? sets_with_[cpu] | bit : sets_with_[cpu] & ~bit;
  }
  hashes_[set] = hash;
}

uint32_t AffinityGroups::Find(const CpuSet& allowed, CpuId home) {
  const CpuId first = allowed.First();
  SCXX_CHECK_LT(PinnedTo(first), first_shared_, "a CPU beyond max_cpus");
  if (!allowed.After(first).IsCpu()) return PinnedTo(first);
  const uint64_t hash = HashOf(allowed);
  for (uint32_t set = 0; set < kSharedSets; ++set) {
    const uint32_t number = first_shared_ + set;
    if (hashes_[set] == hash && groups_[number].cpus == allowed) return number;
  }
  if (sets_in_use_ == UINT64_MAX) return PinnedTo(allowed.Contains(home) ? home : first);
  const auto unused = static_cast<uint32_t>(std::countr_one(sets_in_use_));
  Define(unused, allowed, hash);
  return first_shared_ + unused;
}

}  // namespace scxx
