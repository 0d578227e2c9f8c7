// SPDX-License-Identifier: Apache-2.0
//
// AffinityGroups numbers the sets of CPUs that waiting tasks are restricted to, so that tasks with
// the same choice share a queue and one look at its CPUs answers for all of them.
//
//   AffinityGroups groups(max_cpus);
//   uint32_t group = groups.Join(&allowed, prev_cpu);   // nullptr: every CPU
//   groups.cpus(group)                                  // where its tasks may go
//   for (uint32_t g : groups.restricted()) ...          // those with members
//   groups.Leave(group);
//
// Tasks that may use every CPU are numbered by the domain of their home, of which there is one
// unless SetDomains says more: group 0. Every CPU has a group for those pinned to it. Of other sets
// kSharedSets are told apart at a time; a task with a further one waits for a single CPU of its set
// until it is queued again. A machine has few such sets: one a container or cpuset.
//
// Join takes time in proportion to the sets in use; nothing allocates but the constructor. Not
// thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_AFFINITY_GROUPS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_AFFINITY_GROUPS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"

namespace scxx {

class AffinityGroups {
 public:
  static constexpr int kSharedSets = 64;

  explicit AffinityGroups(int max_cpus);

  // How many groups there can be: their numbers are below this.
  uint32_t limit() const { return static_cast<uint32_t>(groups_.size()); }

  // The domain of every CPU, in the order of their numbers: at most max_cpus, numbered from 0
  // without a gap. While no group has members.
  void SetDomains(absl::Span<const uint32_t> by_cpu);
  // The groups below this are of tasks that may use every CPU.
  uint32_t domains() const { return domains_; }

  // Adds a member with these CPUs, all below max_cpus; an empty set restricts nothing. `home` is
  // where it ran last: that domain is the member's if it may use every CPU, and None() belongs to
  // the first. Of a set that cannot be told apart it is the CPU to wait for, if it is in the set.
  uint32_t Join(const CpuSet* allowed, CpuId home);
  void Leave(uint32_t group);

  // The CPUs of a group with members; nullptr for every CPU.
  const CpuSet* cpus(uint32_t group) const {
    return group < first_pinned_ ? nullptr : &groups_[group].cpus;
  }
  // The groups with members, in no particular order but always the same one.
  absl::Span<const uint32_t> restricted() const { return restricted_; }

 private:
  struct Group {
    CpuSet cpus = {};
    uint32_t members = 0;
    uint32_t index = 0;  // in restricted_
  };

  uint32_t DomainOf(CpuId cpu) const {
    return domains_ > 1 && cpu.IsCpu() ? domain_of_[cpu.value()] : 0;
  }
  uint32_t Find(const CpuSet& allowed, CpuId home) const;
  uint32_t PinnedTo(CpuId cpu) const { return first_pinned_ + static_cast<uint32_t>(cpu.value()); }

  uint32_t domains_ = 1;
  std::vector<uint32_t> domain_of_;  // by CPU
  uint32_t first_pinned_;
  uint32_t first_shared_;
  std::vector<Group> groups_;  // everywhere, by domain; pinned, by CPU; shared sets
  std::vector<uint32_t> restricted_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_AFFINITY_GROUPS_H_
