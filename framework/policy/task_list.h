// SPDX-License-Identifier: Apache-2.0
//
// TaskList is a queue of tasks with removal from the middle, each operation in constant time and
// without allocation: the links live in arrays indexed by TaskId::slot, made once by the
// constructor.
//
//   TaskList queue(limits);
//   queue.PushBack(a);
//   queue.Remove(b);              // false: b was not in it
//   TaskId next = queue.PopFront();
//
// A slot is in a list at most once. Pushing a task whose slot is in the list breaks a CHECK, and so
// does popping an empty list. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_TASK_LIST_H_
#define SCXX_FRAMEWORK_POLICY_TASK_LIST_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/task_id.h"
#include "framework/policy/policy.h"

namespace scxx {

class TaskList {
 public:
  explicit TaskList(const PolicyLimits& limits)
      : end_(limits.max_tasks), nodes_(size_t{limits.max_tasks} + 1) {
    nodes_[end_].next = nodes_[end_].prev = end_;
  }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  bool Contains(TaskId task) const {
    return task.slot < end_ && nodes_[task.slot].queued() &&
           nodes_[task.slot].generation == task.generation;
  }

  TaskId Front() const {
    SCXX_CHECK(!empty(), "the list is empty");
    return {.slot = First(), .generation = nodes_[First()].generation};
  }

  void PushBack(TaskId task) { InsertBefore(end_, task); }
  void PushFront(TaskId task) { InsertBefore(First(), task); }

  TaskId PopFront() {
    TaskId front = Front();
    Unlink(front.slot);
    return front;
  }

  // False, and nothing happens, if the task is not in the list.
  bool Remove(TaskId task) {
    if (!Contains(task)) return false;
    Unlink(task.slot);
    return true;
  }

 private:
  static constexpr uint32_t kUnqueued = UINT32_MAX;

  struct Node {
    uint32_t next = kUnqueued;
    uint32_t prev = kUnqueued;
    uint32_t generation = 0;

    bool queued() const { return next != kUnqueued; }
  };

  uint32_t First() const { return nodes_[end_].next; }

  void InsertBefore(uint32_t next, TaskId task) {
    SCXX_CHECK_LT(task.slot, end_, "a slot beyond max_tasks");
    SCXX_CHECK(!nodes_[task.slot].queued(), "the task's slot is in the list already");
    uint32_t prev = nodes_[next].prev;
    nodes_[task.slot] = {.next = next, .prev = prev, .generation = task.generation};
    nodes_[prev].next = nodes_[next].prev = task.slot;
    ++size_;
  }

  void Unlink(uint32_t slot) {
    Node& node = nodes_[slot];
    nodes_[node.prev].next = node.next;
    nodes_[node.next].prev = node.prev;
    node.next = node.prev = kUnqueued;
    --size_;
  }

  uint32_t end_;  // the list's head and tail: one node beyond the slots
  size_t size_ = 0;
  std::vector<Node> nodes_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_TASK_LIST_H_
