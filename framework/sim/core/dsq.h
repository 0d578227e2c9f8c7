// SPDX-License-Identifier: Apache-2.0
//
// Dsq: a dispatch queue of the sched_ext core: first in, first out, or by vtime with the kernel's
// wrapping comparison, first in first out among equals. A list threaded through the tasks, so
// nothing allocates.

#ifndef SCXX_FRAMEWORK_SIM_CORE_DSQ_H_
#define SCXX_FRAMEWORK_SIM_CORE_DSQ_H_

#include <cstddef>
#include <cstdint>

#include "framework/sim/core/kernel_types.h"

namespace scxx::sim {

class Dsq {
 public:
  // `local`: a CPU's own, the global or the bypass queue: what is there is the kernel's.
  explicit Dsq(bool terminal = true) : terminal_(terminal) {}
  Dsq(const Dsq&) = delete;
  Dsq& operator=(const Dsq&) = delete;

  bool terminal() const { return terminal_; }
  bool empty() const { return front_ == nullptr; }
  size_t size() const { return size_; }
  task_struct* front() const { return front_; }
  // Holds vtime inserts; meaningless when empty.
  bool by_vtime() const { return by_vtime_; }

  // The task must be in no queue.
  void PushBack(task_struct& p) { Link(p, back_, nullptr), by_vtime_ = false; }
  void PushFront(task_struct& p) { Link(p, nullptr, front_), by_vtime_ = false; }
  // Searches from the back: most keys are late ones.
  void InsertByVtime(task_struct& p) {
    task_struct* after = back_;
    while (after != nullptr && Before(p.scx.dsq_vtime, after->scx.dsq_vtime)) {
      after = after->dsq_prev;
    }
    Link(p, after, after == nullptr ? front_ : after->dsq_next);
    by_vtime_ = true;
  }

  void Remove(task_struct& p) {
    (p.dsq_prev == nullptr ? front_ : p.dsq_prev->dsq_next) = p.dsq_next;
    (p.dsq_next == nullptr ? back_ : p.dsq_next->dsq_prev) = p.dsq_prev;
    p.dsq = nullptr;
    p.dsq_prev = p.dsq_next = nullptr;
    --size_;
  }

  task_struct* PopFront() {
    task_struct* p = front_;
    if (p != nullptr) Remove(*p);
    return p;
  }

 private:
  static bool Before(uint64_t a, uint64_t b) { return static_cast<int64_t>(a - b) < 0; }

  void Link(task_struct& p, task_struct* prev, task_struct* next) {
    p.dsq = this;
    p.dsq_prev = prev;
    p.dsq_next = next;
    (prev == nullptr ? front_ : prev->dsq_next) = &p;
    (next == nullptr ? back_ : next->dsq_prev) = &p;
    ++size_;
  }

  const bool terminal_;
  bool by_vtime_ = false;
  size_t size_ = 0;
  task_struct* front_ = nullptr;
  task_struct* back_ = nullptr;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_DSQ_H_
