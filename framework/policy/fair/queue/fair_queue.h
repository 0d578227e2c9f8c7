// SPDX-License-Identifier: Apache-2.0
//
// FairQueue holds the tasks that wait: in order of key, in order of arrival, and apart by the CPUs
// they may run on, so that a task whose CPUs are all taken holds up none of the others.
//
//   FairQueue queue(limits);
//   queue.Insert(slot, {.key = key, .since = ctx.now, .allowed = &cpus});   // copied
//   uint32_t next = queue.First(&with_room, [&](const CpuSet* cpus) { return HasRoom(cpus); });
//   queue.Remove(next);
//
// On a machine of several domains (cpu_domains.h) tasks that may use every CPU are apart, too, by
// the domain they belong to, and FirstByRank weighs them against each other.
//
// First and Oldest look at one task for each set of CPUs in use (affinity_groups.h) that has one of
// the CPUs in `among`, and only where the predicate says so. So they cost nothing for sets whose
// CPUs are all taken. The predicate is given nullptr for tasks that may run on every CPU, which are
// looked at whatever `among` is; if that is nullptr, so is every set. Insert and Remove take O(log
// n). Nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_FAIR_QUEUE_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_FAIR_QUEUE_H_

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/policy/fair/queue/affinity_groups.h"
#include "framework/policy/fair/queue/task_fifos.h"
#include "framework/policy/fair/queue/task_heaps.h"
#include "framework/policy/policy.h"

namespace scxx {

class FairQueue {
 public:
  static constexpr uint32_t kNone = TaskHeaps::kNone;

  struct Place {
    Vtime key = {};
    Instant since = {};               // not before that of any task inserted earlier
    const CpuSet* allowed = nullptr;  // nullptr: every CPU; read during the call only
    CpuId home = CpuId::None();       // where it ran last: see AffinityGroups::Join
  };

  explicit FairQueue(const PolicyLimits& limits)
      : groups_(limits.max_cpus),
        by_key_(limits.max_tasks, groups_.limit()),
        by_age_(limits.max_tasks, groups_.limit()),
        since_(limits.max_tasks) {}

  // Tasks that may use every CPU wait in a queue for each domain; while nothing waits.
  void SetDomains(absl::Span<const uint32_t> by_cpu) { groups_.SetDomains(by_cpu); }

  bool empty() const { return size_ == 0; }
  // Whether a task waits that may not run on every CPU.
  bool any_restricted() const { return groups_.any_restricted(); }
  size_t size() const { return size_; }

  // A slot not in the queue.
  void Insert(uint32_t slot, const Place& place) {
    if (empty()) since_bound_ = place.since;
    const uint32_t group = InsertByKey(slot, place);
    by_age_.PushBack(group, slot);
    since_[slot] = place.since;
  }

  // The same for a task that was taken out and is back: `since` may be old, and counts if no other
  // with its CPUs has waited longer. Else it waits anew, from `now` on.
  void PutBack(uint32_t slot, const Place& place, Instant now) {
    since_bound_ = empty() ? place.since : std::min(since_bound_, place.since);
    const uint32_t group = InsertByKey(slot, place);
    const uint32_t oldest = by_age_.Front(group);
    const bool was_oldest = oldest == kNone || place.since <= since_[oldest];
    since_[slot] = was_oldest ? place.since : now;
    was_oldest ? by_age_.PushFront(group, slot) : by_age_.PushBack(group, slot);
  }

  // Of a slot in the queue.
  bool Contains(uint32_t slot) const { return by_key_.Contains(slot); }
  Vtime key(uint32_t slot) const { return by_key_.key(slot); }
  const CpuSet* cpus(uint32_t slot) const { return groups_.cpus(by_key_.heap(slot)); }

  // Of a slot in the queue: whether one that may go everywhere, here as well, has a smaller key.
  bool PassesBy(uint32_t slot) const {
    for (uint32_t group = 0; group < groups_.domains(); ++group) {
      const uint32_t first = by_key_.First(group);
      if (first != kNone && by_key_.IsBefore(first, slot)) return true;
    }
    return false;
  }

  // Since when a slot waits, or waited last.
  Instant since(uint32_t slot) const { return since_[slot]; }

  // False, and nothing happens, if the slot is not in the queue.
  bool Remove(uint32_t slot) {
    if (!Contains(slot)) return false;
    groups_.Leave(by_key_.heap(slot));
    by_key_.Remove(slot);
    by_age_.Remove(slot);
    --size_;
    return true;
  }

  // The slot with the smallest key among those whose CPUs please `may_go(const CpuSet*)`, or kNone.
  // `may_go(const CpuSet*, Vtime)` is given the key of the first task of these CPUs as well.
  template <typename MayGo>
  uint32_t First(const CpuSet* among, MayGo may_go) const {
    const auto may_go_first = [&](const CpuSet* cpus, uint32_t slot) {
      if constexpr (std::invocable<MayGo, const CpuSet*, Vtime>) {
        return may_go(cpus, by_key_.key(slot));
      } else {
        return may_go(cpus);
      }
    };
    uint32_t best = kNone;
    ForEachGroup(among, [&](uint32_t group) { best = Sooner(best, group, may_go_first); });
    return best;
  }
  template <typename MayGo>
  uint32_t First(MayGo may_go) const {
    return First(nullptr, may_go);
  }
  // The slot with the smallest key of all, or kNone.
  uint32_t First() {
    const uint32_t first = First([](const CpuSet*) { return true; });
    if (first != kNone) key_bound_ = key(first);
    return first;
  }
  // No slot has a smaller key, of a queue that is not empty. It is exact after First(), and else
  // costs nothing.
  Vtime KeyBound() const { return key_bound_; }
  // The slot with the smallest key among those that may go to this CPU; with CpuId::None(), to any.
  uint32_t FirstFor(CpuId cpu) const {
    const auto always = [](const CpuSet*, uint32_t) { return true; };
    uint32_t best = kNone;
    const auto look = [&](uint32_t group) { best = Sooner(best, group, always); };
    ForEachDomain(look);
    if (groups_.any_restricted()) groups_.ForEachWith(cpu, look);
    return best;
  }
  // The slot with the smallest rank. `rank(cpus, domain, key)` is asked for the first task of each
  // domain, with nullptr, and of each set of CPUs, with domain 0: the key with which it takes part,
  // or nullopt if it may not go.
  template <typename Rank>
  uint32_t FirstByRank(const CpuSet* among, Rank rank) const {
    uint32_t best = kNone;
    Vtime best_rank;
    ForEachGroup(among, [&](uint32_t group) {
      const uint32_t slot = by_key_.First(group);
      if (slot == kNone) return;
      const uint32_t domain = group < groups_.domains() ? group : 0;
      const std::optional<Vtime> its = rank(groups_.cpus(group), domain, by_key_.key(slot));
      if (!its || (best != kNone && !its->Before(best_rank))) return;
      best = slot;
      best_rank = *its;
    });
    return best;
  }
  // The one that has waited longest.
  template <typename MayGo>
  uint32_t Oldest(const CpuSet* among, MayGo may_go) const {
    uint32_t best = kNone;
    ForEachGroup(among, [&](uint32_t group) {
      const uint32_t slot = by_age_.Front(group);
      if (slot == kNone || (best != kNone && since_[slot] >= since_[best])) return;
      if (may_go(groups_.cpus(group))) best = slot;
    });
    return best;
  }
  template <typename MayGo>
  uint32_t Oldest(MayGo may_go) const {
    return Oldest(nullptr, may_go);
  }
  // Whether one has waited since before this. Looks at the sets of CPUs only if that may be so.
  bool OneWaitsSinceBefore(Instant limit) {
    if (since_bound_ >= limit) return false;
    const uint32_t oldest = Oldest([](const CpuSet*) { return true; });
    if (oldest == kNone) return false;
    since_bound_ = since_[oldest];
    return since_bound_ < limit;
  }

  // Looks at the first task of every set of CPUs in use.
  template <typename Look>
  void LookAtFirsts(Look look) const {
    ForEachGroup(nullptr, [&](uint32_t group) {
      const uint32_t slot = by_key_.First(group);
      if (slot != kNone) look(slot);
    });
  }

  // Visits the first task of every set of CPUs in use. `visit(slot)` may remove that slot; if it
  // returns true, it has, and the set's next task is visited.
  template <typename Visit>
  void ForEachFirst(const CpuSet* among, Visit visit) {
    ForEachGroup(among, [&](uint32_t group) { VisitFirst(group, visit); });
  }
  template <typename Visit>
  void ForEachFirst(Visit visit) {
    ForEachFirst(nullptr, visit);
  }

 private:
  template <typename Visit>
  void VisitFirst(uint32_t group, Visit visit) {
    for (uint32_t slot; (slot = by_key_.First(group)) != kNone;) {
      if (!visit(slot)) return;
    }
  }

  uint32_t InsertByKey(uint32_t slot, const Place& place) {
    const uint32_t group = groups_.Join(place.allowed, place.home);
    by_key_.Insert(group, slot, place.key);
    if (size_++ == 0 || place.key.Before(key_bound_)) key_bound_ = place.key;
    return group;
  }

  // The domains, some of which may have no tasks.
  template <typename Look>
  void ForEachDomain(Look look) const {
    for (uint32_t group = 0; group < groups_.domains(); ++group) look(group);
  }

  // ... and then the sets of CPUs in use.
  template <typename Look>
  void ForEachGroup(const CpuSet* among, Look look) const {
    ForEachDomain(look);
    if (!groups_.any_restricted()) return;
    among == nullptr ? groups_.ForEachRestricted(look) : groups_.ForEachMeeting(*among, look);
  }

  // The group's first task if it may go and comes before `best`; else that.
  template <typename MayGo>
  uint32_t Sooner(uint32_t best, uint32_t group, MayGo may_go) const {
    const uint32_t slot = by_key_.First(group);
    if (slot == kNone || (best != kNone && !by_key_.IsBefore(slot, best))) return best;
    return may_go(groups_.cpus(group), slot) ? slot : best;
  }

  AffinityGroups groups_;
  TaskHeaps by_key_;  // one heap a group
  TaskFifos by_age_;  // one list a group
  std::vector<Instant> since_;
  size_t size_ = 0;
  Vtime key_bound_ = {};
  Instant since_bound_ = {};  // nobody has waited longer
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_FAIR_QUEUE_H_
