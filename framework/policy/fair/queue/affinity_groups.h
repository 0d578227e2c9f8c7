// SPDX-License-Identifier: Apache-2.0
//
// AffinityGroups numbers the sets of CPUs that waiting tasks are restricted to, so that tasks with
// the same choice share a queue and one look at its CPUs answers for all of them.
//
//   AffinityGroups groups(max_cpus);
//   uint32_t group = groups.Join(&allowed, prev_cpu);   // nullptr: every CPU
//   groups.cpus(group)                                  // where its tasks may go
//   groups.ForEachMeeting(open, [&](uint32_t g) {...}); // those with members and one of these CPUs
//   groups.Leave(group);
//
// Tasks that may use every CPU are numbered by the domain of their home, of which there is one
// unless SetDomains says more: group 0. Every CPU has a group for those pinned to it. Of other sets
// kSharedSets are told apart at a time; a task with a further one waits for a single CPU of its set
// until it is queued again. A machine has few such sets: one a container or cpuset. One without
// members is known until another takes its place, so that a task which comes and goes costs little.
//
// For each CPU a word says which sets it is in, so ForEachMeeting is led to the groups that matter
// and looks at no other. Join compares a hash with kSharedSets others, and takes time in proportion
// to the CPUs of the machine where the set is a new one. Nothing allocates but the constructor. Not
// thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_AFFINITY_GROUPS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_AFFINITY_GROUPS_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"

namespace scxx {

class AffinityGroups {
 public:
  static constexpr int kSharedSets = 64;  // the bits of a word

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

  // Whether a restricted task is a member of some group.
  bool any_restricted() const { return pinned_in_use_ > 0 || sets_in_use_ != 0; }

  // Visits the groups of restricted tasks that have members, in the order of their numbers.
  // Members may leave meanwhile.
  template <typename Look>
  void ForEachRestricted(Look look) const {
    Visit(pinned_, sets_in_use_, look);
  }
  // The same for those that have one of these CPUs.
  template <typename Look>
  void ForEachMeeting(const CpuSet& cpus, Look look) const {
    Visit(pinned_in_use_ > 0 ? pinned_ & cpus : CpuSet(), SetsMeeting(cpus), look);
  }
  // The same for one CPU; none has CpuId::None().
  template <typename Look>
  void ForEachWith(CpuId cpu, Look look) const {
    if (!cpu.IsCpu()) return;
    if (pinned_.Contains(cpu)) look(PinnedTo(cpu));
    VisitSets(sets_with_[cpu.value()] & sets_in_use_, look);
  }

 private:
  struct Group {
    CpuSet cpus = {};
    uint32_t members = 0;
  };

  template <typename Look>
  void Visit(const CpuSet& pinned, uint64_t sets, Look look) const {
    if (pinned_in_use_ > 0) {
      for (CpuId cpu : pinned) look(PinnedTo(cpu));
    }
    VisitSets(sets, look);
  }
  template <typename Look>
  void VisitSets(uint64_t sets, Look look) const {
    for (; sets != 0; sets &= sets - 1) {
      look(first_shared_ + static_cast<uint32_t>(std::countr_zero(sets)));
    }
  }

  uint32_t DomainOf(CpuId cpu) const {
    return domains_ > 1 && cpu.IsCpu() ? domain_of_[cpu.value()] : 0;
  }
  uint32_t Find(const CpuSet& allowed, CpuId home);
  uint64_t SetsMeeting(const CpuSet& cpus) const;
  uint64_t HashOf(const CpuSet& cpus) const;
  void Define(uint32_t set, const CpuSet& cpus, uint64_t hash);
  void SetInUse(uint32_t number, bool in_use);
  uint32_t PinnedTo(CpuId cpu) const { return first_pinned_ + static_cast<uint32_t>(cpu.value()); }

  uint32_t domains_ = 1;
  std::vector<uint32_t> domain_of_;  // by CPU
  uint32_t first_pinned_;
  uint32_t first_shared_;
  std::vector<Group> groups_;        // everywhere, by domain; pinned, by CPU; shared sets
  CpuSet pinned_;                    // the CPUs whose pinned tasks are members
  int pinned_in_use_ = 0;            // how many those are
  uint64_t sets_in_use_ = 0;         // bit s: shared set s has members
  std::vector<uint64_t> sets_with_;  // by CPU: the shared sets that contain it
  std::array<uint64_t, kSharedSets> hashes_ = {};
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_AFFINITY_GROUPS_H_
