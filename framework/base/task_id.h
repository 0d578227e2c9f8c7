// SPDX-License-Identifier: Apache-2.0
//
// TaskId identifies a thread for as long as it lives under the scheduler. `slot` is a small index
// (0..max_tasks-1) meant for arrays; it is used again when a task has exited, then with another
// `generation`, so a stale TaskId never compares equal to a living one. A plain value.

#ifndef SCXX_FRAMEWORK_BASE_TASK_ID_H_
#define SCXX_FRAMEWORK_BASE_TASK_ID_H_

#include <compare>
#include <cstdint>
#include <ostream>
#include <utility>

namespace scxx {

struct TaskId {
  uint32_t slot = UINT32_MAX;
  uint32_t generation = 0;

  // A slot's tasks are numbered upwards, and the numbers begin again after so many bits.
  static constexpr int kGenerationBits = 24;

  static constexpr TaskId None() { return TaskId(); }
  constexpr bool IsTask() const { return slot != UINT32_MAX; }
  // This task lived in the slot before that one did.
  constexpr bool IsOlderThan(const TaskId& other) const {
    return static_cast<int32_t>((generation - other.generation) << (32 - kGenerationBits)) < 0;
  }

  friend constexpr auto operator<=>(const TaskId&, const TaskId&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const TaskId& id) {
    return H::combine(std::move(h), id.slot, id.generation);
  }

  friend std::ostream& operator<<(std::ostream& os, const TaskId& id) {
    if (!id.IsTask()) return os << "task:none";
    return os << "task" << id.slot << '.' << id.generation;
  }
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_TASK_ID_H_
