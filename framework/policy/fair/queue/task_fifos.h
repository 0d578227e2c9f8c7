// SPDX-License-Identifier: Apache-2.0
//
// TaskFifos is a fixed number of lists of tasks, in order of arrival, that share one array of
// links: TaskList (framework/policy/task_list.h) for many lists at the price of one. A slot is in
// one list at most.
//
//   TaskFifos fifos(max_tasks, 2);
//   fifos.PushBack(1, slot);
//   uint32_t oldest = fifos.Front(1);
//   fifos.Remove(slot);
//
// Every operation takes constant time; nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_TASK_FIFOS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_TASK_FIFOS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/check.h"

namespace scxx {

class TaskFifos {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  TaskFifos(uint32_t max_tasks, uint32_t lists)
      : max_tasks_(max_tasks), links_(size_t{max_tasks} + lists) {
    for (uint32_t end = max_tasks; end < links_.size(); ++end) links_[end] = {end, end};
  }

  bool Contains(uint32_t slot) const { return slot < max_tasks_ && links_[slot].next != kNone; }

  // The slot at the front, or kNone.
  uint32_t Front(uint32_t list) const {
    const uint32_t first = links_[max_tasks_ + list].next;
    return first < max_tasks_ ? first : kNone;
  }

  void PushBack(uint32_t list, uint32_t slot) { InsertBefore(max_tasks_ + list, slot); }
  void PushFront(uint32_t list, uint32_t slot) {
    InsertBefore(links_[max_tasks_ + list].next, slot);
  }

  // The slot must be in a list.
  void Remove(uint32_t slot) {
    SCXX_CHECK(Contains(slot), "the slot is in no list");
    Links& links = links_[slot];
    links_[links.prev].next = links.next;
    links_[links.next].prev = links.prev;
    links = {};
  }

 private:
  struct Links {
    uint32_t next = kNone;
    uint32_t prev = kNone;
  };

  void InsertBefore(uint32_t next, uint32_t slot) {
    SCXX_CHECK_LT(slot, max_tasks_, "a slot beyond max_tasks");
    SCXX_CHECK(!Contains(slot), "the slot is in a list already");
    const uint32_t prev = links_[next].prev;
    links_[slot] = {.next = next, .prev = prev};
    links_[prev].next = links_[next].prev = slot;
  }

  uint32_t max_tasks_;
  std::vector<Links> links_;  // by slot; then, one a list, its head and tail
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_TASK_FIFOS_H_
