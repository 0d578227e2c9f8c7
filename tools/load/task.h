// SPDX-License-Identifier: Apache-2.0
// What one task of a load knows and reports: its slot in shared memory and the handle it works
// through.
#ifndef SCXX_TOOLS_LOAD_TASK_H_
#define SCXX_TOOLS_LOAD_TASK_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "absl/types/span.h"
#include "tools/load/clock.h"
#include "tools/load/futex.h"
#include "tools/load/histogram.h"
#include "tools/load/random.h"

namespace scxx::load {

// What a task's own rusage and schedstat say about its run.
struct SchedUsage {
  int64_t voluntary_switches = 0;
  int64_t involuntary_switches = 0;
  int64_t cpu_ns = 0;
  int64_t run_delay_ns = 0;  // Time spent runnable but not running.
};

// One writer, the task; its parent reads, also while the task runs (a task may never finish).
struct alignas(64) TaskSlot {
  std::atomic<pid_t> tid = 0;
  std::atomic<int64_t> ops = 0;
  std::atomic<int64_t> last_ns = 0;      // Last progress.
  std::atomic<int64_t> due_ns = 0;       // Since when it has wanted to progress again.
  std::atomic<int64_t> max_gap_ns = 0;   // Longest time between two progress stamps.
  std::atomic<int64_t> max_wait_ns = 0;  // Longest time from due to progress.
  std::atomic<int64_t> finished_ns = 0;  // 0 while it runs.
  SchedUsage usage;                      // Valid once finished.
  Histogram latency;
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
    int index;         // Within its class, from 0.
    int64_t start_ns;  // When the gate opened, the same for all tasks.
    uint64_t seed;
  };

  Task(absl::Span<TaskSlot> slots, size_t self, const FutexWord& stop, const Identity& identity)
      : slots_(slots),
        slot_(slots[self]),
        stop_(stop),
        identity_(identity),
        random_(identity.seed, self) {
    slot_.last_ns.store(identity.start_ns);
    slot_.due_ns.store(identity.start_ns);
  }

  int index() const { return identity_.index; }
  int64_t start_ns() const { return identity_.start_ns; }
  Random& random() { return random_; }

  // The run is over: leave the body soon.
  bool stopping() const { return stop_.load(std::memory_order_relaxed) != 0; }

  // Sleeps until the time given or the end of the run.
  void SleepUntil(int64_t ns) {
    while (!stopping() && FutexWait(stop_, 0, ns)) {
    }
  }

  // Did `ops` operations: counts them and stamps the time, which it returns.
  int64_t Progress(int64_t ops = 1);

  // Counts without reading the clock.
  void Count(int64_t ops = 1) { slot_.ops.store(slot_.ops.load(kRelaxed) + ops, kRelaxed); }

  // From `ns` on this task wants to run: waiting is measured from there, not from the last
  // progress.
  void Due(int64_t ns) { slot_.due_ns.store(ns, kRelaxed); }

  void RecordLatency(int64_t ns) { slot_.latency.Record(ns); }

  // Every task of the run, itself included, for those that meddle with others.
  size_t num_tasks() const { return slots_.size(); }
  pid_t tid_of(size_t task) const { return slots_[task].tid.load(kRelaxed); }

 private:
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  absl::Span<TaskSlot> slots_;
  TaskSlot& slot_;
  const FutexWord& stop_;
  Identity identity_;
  Random random_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_TASK_H_
