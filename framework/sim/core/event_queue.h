// SPDX-License-Identifier: Apache-2.0
//
// EventQueue: the simulator's clock and its agenda. Events come out by (time, kind, order of
// scheduling), so equal inputs give equal runs. Events are not cancelled: whoever scheduled one
// gives it a generation and ignores it if that has passed.

#ifndef SCXX_FRAMEWORK_SIM_CORE_EVENT_QUEUE_H_
#define SCXX_FRAMEWORK_SIM_CORE_EVENT_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/units.h"

namespace scxx::sim {

// In the order in which they happen at one time.
enum class SimEventKind : uint8_t {
  kIpi,     // `target`: a CPU that was kicked or told to reschedule
  kTimer,   // the dispatcher's BPF timer
  kTick,    // `target`: a CPU whose tick is due
  kBurst,   // `target`: a CPU whose task has used the CPU time it wanted
  kWake,    // `target`: a task whose sleep is over
  kFault,   // `target`: a fault to inject
  kCheck,   // the periodic checkers
  kServer,  // `target`: a CPU whose deadline server begins or ends
};

struct Event {
  Instant time;
  uint64_t order = 0;  // kind, then sequence number
  uint32_t target = 0;
  uint32_t generation = 0;

  SimEventKind kind() const { return static_cast<SimEventKind>(order >> 56); }
  // As one number, so that a comparison is no branch that nobody can predict.
  friend bool operator<(const Event& a, const Event& b) { return a.key() < b.key(); }

  unsigned __int128 key() const {
    return static_cast<unsigned __int128>(time.nanos()) << 64 | order;
  }
};

class EventQueue {
 public:
  Instant now() const { return now_; }
  uint64_t popped() const { return popped_; }
  bool empty() const { return heap_.empty(); }
  Instant next_time() const { return std::max(now_, heap_.front().time); }

  // `time` must not be in the past.
  void Schedule(Instant time, SimEventKind kind, uint32_t target = 0, uint32_t generation = 0) {
    SCXX_CHECK_GE(time, now_, "an event in the past");
    heap_.emplace_back();
    SiftUp(heap_.size() - 1, {.time = time,
                              .order = static_cast<uint64_t>(kind) << 56 | sequence_++,
                              .target = target,
                              .generation = generation});
  }

  // The next event; time moves on to it. Not empty.
  Event Pop() {
    const Event event = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) SiftDown(last);
    now_ = std::max(now_, event.time);
    ++popped_;
    return event;
  }

  // Time passes in which nothing can happen: what was due comes late.
  void Skip(Nanos time) { now_ += time; }

 private:
  // A heap of four children a node: half as deep as one of two, and they lie together.
  static constexpr size_t kChildren = 4;

  void SiftUp(size_t at, const Event& event) {
    while (at > 0) {
      const size_t parent = (at - 1) / kChildren;
      if (!(event < heap_[parent])) break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = event;
  }

  // Down to a leaf, and up again to where the event belongs: it was the last, so that is close.
  void SiftDown(const Event& event) {
    size_t at = 0;
    while (true) {
      const size_t first = at * kChildren + 1;
      if (first >= heap_.size()) break;
      const size_t least = LeastFrom(first);
      heap_[at] = heap_[least];
      at = least;
    }
    SiftUp(at, event);
  }

  // The child that is next, of those from `first` on.
  size_t LeastFrom(size_t first) const {
    static_assert(kChildren == 4);
    if (first + kChildren <= heap_.size()) [[likely]] {  // two comparisons that need not wait
      const size_t a = first + (heap_[first + 1] < heap_[first]);
      const size_t b = first + 2 + (heap_[first + 3] < heap_[first + 2]);
      return heap_[b] < heap_[a] ? b : a;
    }
    size_t least = first;
    for (size_t child = first + 1; child < heap_.size(); ++child) {
      least = heap_[child] < heap_[least] ? child : least;
    }
    return least;
  }

  // A second after zero: the dispatcher takes zero for "never".
  Instant now_ = Instant() + Seconds(1);
  uint64_t sequence_ = 0;
  uint64_t popped_ = 0;
  std::vector<Event> heap_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_EVENT_QUEUE_H_
