// SPDX-License-Identifier: Apache-2.0
//
// EventQueue: the simulator's clock and its agenda. Events come out by (time, kind, order of
// scheduling), so equal inputs give equal runs. Events are not cancelled: whoever scheduled one
// gives it a generation and ignores it if that has passed.

#ifndef SCXX_FRAMEWORK_SIM_EVENT_QUEUE_H_
#define SCXX_FRAMEWORK_SIM_EVENT_QUEUE_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "framework/base/check.h"
#include "framework/base/units.h"

namespace scxx::sim {

// In the order in which they happen at one time.
enum class EventKind : uint8_t {
  kIpi,    // `target`: a CPU that was kicked or told to reschedule
  kTimer,  // the dispatcher's BPF timer
  kTick,   // `target`: a CPU whose tick is due
  kBurst,  // `target`: a CPU whose task has used the CPU time it wanted
  kWake,   // `target`: a task whose sleep is over
  kFault,  // `target`: a fault to inject
  kCheck,  // the periodic checkers
};

struct Event {
  Instant time;
  uint64_t order = 0;  // kind, then sequence number
  uint32_t target = 0;
  uint32_t generation = 0;

  EventKind kind() const { return static_cast<EventKind>(order >> 56); }
  friend bool operator>(const Event& a, const Event& b) {
    return a.time != b.time ? a.time > b.time : a.order > b.order;
  }
};

class EventQueue {
 public:
  Instant now() const { return now_; }
  uint64_t popped() const { return popped_; }
  bool empty() const { return heap_.empty(); }
  Instant next_time() const { return heap_.front().time; }

  // `time` must not be in the past.
  void Schedule(Instant time, EventKind kind, uint32_t target = 0, uint32_t generation = 0) {
    SCXX_CHECK_GE(time, now_, "an event in the past");
    heap_.push_back({.time = time,
                     .order = static_cast<uint64_t>(kind) << 56 | sequence_++,
                     .target = target,
                     .generation = generation});
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  // The next event; time moves on to it. Not empty.
  Event Pop() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const Event event = heap_.back();
    heap_.pop_back();
    now_ = event.time;
    ++popped_;
    return event;
  }

 private:
  // A second after zero: the dispatcher takes zero for "never".
  Instant now_ = Instant() + Seconds(1);
  uint64_t sequence_ = 0;
  uint64_t popped_ = 0;
  std::vector<Event> heap_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_EVENT_QUEUE_H_
