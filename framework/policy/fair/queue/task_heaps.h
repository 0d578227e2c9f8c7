// SPDX-License-Identifier: Apache-2.0
//
// TaskHeaps is a fixed number of priority queues of tasks that share one array of nodes, so that
// any of them can hold all tasks. A slot is in one heap at most.
//
//   TaskHeaps heaps(max_tasks, 2);
//   heaps.Insert(0, slot, key);
//   uint32_t first = heaps.First(0);     // smallest key; among equals, the first to come
//   heaps.Remove(first);                 // any slot, not only the first
//
// Keys compare by Vtime::Before, so all keys of a heap must lie within 2^63 of each other.
//
// The heaps are leftist trees: the right child is the one with the shorter way down to a missing
// child, so the way down to the right has at most log2(n + 1) nodes, and that is all that any
// operation ever walks. Insert and Remove take O(log n), First O(1); nothing allocates but the
// constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_TASK_HEAPS_H_
#define SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_TASK_HEAPS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/units.h"

namespace scxx {

class TaskHeaps {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // At most 65,535 heaps.
  TaskHeaps(uint32_t max_tasks, uint32_t heaps)
      : nil_(max_tasks), nodes_(size_t{max_tasks} + 1, Node(nil_)), roots_(heaps, nil_) {
    SCXX_CHECK_LE(heaps, uint32_t{kNoHeap});
    nodes_[nil_].depth = 0;
  }

  bool Contains(uint32_t slot) const { return slot < nil_ && nodes_[slot].heap != kNoHeap; }
  Vtime key(uint32_t slot) const { return nodes_[slot].key; }
  // The heap of a slot that is in one.
  uint32_t heap(uint32_t slot) const { return nodes_[slot].heap; }

  // The slot that is first in the heap, or kNone.
  uint32_t First(uint32_t heap) const { return roots_[heap] == nil_ ? kNone : roots_[heap]; }
  // Whether slot a, in a heap, comes before slot b, in the same or another.
  bool IsBefore(uint32_t a, uint32_t b) const {
    if (nodes_[a].key != nodes_[b].key) return nodes_[a].key.Before(nodes_[b].key);
    return nodes_[a].seq < nodes_[b].seq;
  }

  void Insert(uint32_t heap, uint32_t slot, Vtime key) {
    SCXX_CHECK_LT(slot, nil_, "a slot beyond max_tasks");
    SCXX_CHECK(!Contains(slot), "the slot is in a heap already");
    Node& node = nodes_[slot];
    node = Node(nil_);
    node.key = key;
    node.seq = ++last_seq_;
    node.heap = static_cast<uint16_t>(heap);
    roots_[heap] = Merge(roots_[heap], slot);
  }

  // The slot must be in a heap.
  void Remove(uint32_t slot) {
    SCXX_CHECK(Contains(slot), "the slot is in no heap");
    Node& node = nodes_[slot];
    const uint32_t parent = node.parent;
    nodes_[node.left].parent = nodes_[node.right].parent = nil_;
    const uint32_t rest = Merge(node.left, node.right);
    nodes_[rest].parent = parent;
    if (parent == nil_) {
      roots_[node.heap] = rest;
    } else {
      (nodes_[parent].left == slot ? nodes_[parent].left : nodes_[parent].right) = rest;
      RepairUpwards(parent);
    }
    node.heap = kNoHeap;
  }

 private:
  static constexpr uint16_t kNoHeap = UINT16_MAX;

  struct Node {
    explicit Node(uint32_t nil) : left(nil), right(nil), parent(nil) {}

    Vtime key;
    uint64_t seq = 0;
    uint32_t left, right, parent;  // nil_ where there is none
    uint16_t heap = kNoHeap;
    uint16_t depth = 1;  // nodes on the way down to the right
  };

  // Joins two trees without parents; returns the root.
  uint32_t Merge(uint32_t a, uint32_t b) {
    if (a == nil_) return b;
    if (b == nil_) return a;
    if (IsBefore(b, a)) std::swap(a, b);
    const uint32_t root = a;
    // b goes somewhere below a, along the right.
    for (uint32_t right; (right = nodes_[a].right) != nil_; a = nodes_[a].right) {
      if (!IsBefore(b, right)) continue;
      nodes_[a].right = b;
      nodes_[b].parent = a;
      b = right;
    }
    nodes_[a].right = b;
    nodes_[b].parent = a;
    for (; a != nil_; a = nodes_[a].parent) Repair(a);
    return root;
  }

  // Restores the order of the children of `a`, and its depth. True if the depth was another.
  bool Repair(uint32_t a) {
    Node& node = nodes_[a];
    if (nodes_[node.left].depth < nodes_[node.right].depth) std::swap(node.left, node.right);
    const uint16_t depth = nodes_[node.right].depth + 1;
    return std::exchange(node.depth, depth) != depth;
  }

  void RepairUpwards(uint32_t a) {
    while (a != nil_ && Repair(a)) a = nodes_[a].parent;
  }

  uint32_t nil_;  // a node that stands for none: depth 0, its parent is scribbled on
  uint64_t last_seq_ = 0;
  std::vector<Node> nodes_;
  std::vector<uint32_t> roots_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_FAIR_QUEUE_TASK_HEAPS_H_
