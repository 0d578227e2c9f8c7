// SPDX-License-Identifier: Apache-2.0
// What one task of a load knows and reports: its slot in shared memory and the handle it works
// through.
#ifndef SCXX_TOOLS_LOAD_TASK_H_
#define SCXX_TOOLS_LOAD_TASK_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "absl/types/span.h"
#include "framework/base/random.h"
#include "framework/base/units.h"
#include "tools/load/latency_histogram.h"
#include "tools/load/shared.h"

namespace scxx::load {

// What a task's own rusage and schedstat say about its run.
struct SchedUsage {
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  Nanos cpu;
  Nanos run_delay;  // Time spent runnable but not running.
};

static_assert(std::atomic<Instant>::is_always_lock_free && std::atomic<Nanos>::is_always_lock_free);

// One writer, the task; its parent reads, also while the task runs (a task may never finish).
struct alignas(64) TaskSlot {
  bool has_finished() const { return finished.load() != Instant(); }

  std::atomic<pid_t> tid = 0;
  std::atomic<int64_t> ops = 0;
  std::atomic<Instant> last = Instant();      // Last progress.
  std::atomic<Instant> due = Instant();       // Since when it has wanted to progress again.
  std::atomic<Nanos> max_gap = Nanos();       // Longest time between two progress stamps.
  std::atomic<Nanos> max_wait = Nanos();      // Longest time from due to progress.
  std::atomic<Instant> finished = Instant();  // Zero while it runs.
  SchedUsage usage;                           // Valid once finished.
  LatencyHistogram latency;
};

// The handle a task's body works through. Used by that task only.
//
//   void Hog(Task& task) {
//     while (!task.stopping()) {
//       Burn(1000);
//       task.Progress();
//     }
//   }
class Task {
 public:
  struct Identity {
    int index;      // Within its class, from 0.
    Instant start;  // When the gate opened, the same for all tasks.
    uint64_t seed;
  };

  Task(absl::Span<TaskSlot> slots, size_t self, const FutexWord& stop, const Identity& identity)
      : slots_(slots),
        slot_(slots[self]),
        stop_(stop),
        identity_(identity),
        random_(RandomOf(identity.seed, self)) {
    slot_.last.store(identity.start);
    slot_.due.store(identity.start);
  }

  int index() const { return identity_.index; }
  Instant start() const { return identity_.start; }
  Random& random() { return random_; }

  // The run is over: leave the body soon.
  bool stopping() const { return stop_.load(std::memory_order_relaxed) != 0; }

  // Sleeps until the time given or the end of the run.
  void SleepUntil(Instant time) {
    while (!stopping() && FutexWait(stop_, 0, time)) {
    }
  }

  // Did `ops` operations: counts them and stamps the time, which it returns.
  Instant Progress(int64_t ops = 1);

  // Counts without reading the clock.
  void Count(int64_t ops = 1) { slot_.ops.store(slot_.ops.load(kRelaxed) + ops, kRelaxed); }

  // From `time` on this task wants to run: waiting is measured from there, not from the last
  // progress.
  void Due(Instant time) { slot_.due.store(time, kRelaxed); }

  void RecordLatency(Nanos latency) { slot_.latency.Record(latency); }

  // Every task of the run, itself included, for those that meddle with others.
  size_t num_tasks() const { return slots_.size(); }
  pid_t tid_of(size_t task) const { return slots_[task].tid.load(kRelaxed); }

 private:
  // The stream of one task. Every figure measured so far is of work chosen by these numbers.
  static Random RandomOf(uint64_t seed, size_t task);

  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  absl::Span<TaskSlot> slots_;
  TaskSlot& slot_;
  const FutexWord& stop_;
  Identity identity_;
  Random random_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_TASK_H_
