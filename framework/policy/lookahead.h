// SPDX-License-Identifier: Apache-2.0
//
// Lookahead says how far ahead a policy may decide, and keeps the count. A task that is dispatched
// and waits for its CPU can no longer be re-ordered, so the predicted run time that waits in front
// of a CPU stays below a budget. One task for each free CPU is always wanted, and one that waits.
// Short bursts are thus decided many at a time and CPU hogs one at a time.
//
//   Lookahead lookahead(Micros(300), usual_runs, max_cpus);
//   lookahead.Begin(cycle.any, cycle.rooms);      // how things stand at the start of a batch
//   if (!lookahead.Full(cpu)) lookahead.Take(cpu, lookahead.Expected(slot, slice));
//
// The engine owns it, and policies see it through DispatchSink. What waits is measured by the
// backend, which adds up what was Expected() of the decisions that wait; how long a task usually
// runs is learnt by the engine's TaskTable.
//
// Nothing allocates but the constructor. Not thread-safe.

#ifndef SCXX_FRAMEWORK_POLICY_LOOKAHEAD_H_
#define SCXX_FRAMEWORK_POLICY_LOOKAHEAD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/base/check.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"

namespace scxx {

// Room in front of one CPU, or of all that take from a common queue.
struct Room {
  Nanos ahead = {};     // predicted run time that waits there already, for all these CPUs together
  uint32_t queued = 0;  // tasks that wait there
  uint32_t space = 0;   // tasks that still fit in
  uint32_t free_cpus = 0;  // consuming CPUs that have nothing to run
  uint32_t cpus = 1;       // consuming CPUs
};

class Lookahead {
 public:
  // `budget` is for each CPU. `usual_runs`, by slot, is how long each task usually runs, and
  // Nanos::Max() where that is not known; the memory must outlive this.
  Lookahead(Nanos budget, absl::Span<const Nanos> usual_runs, int max_cpus)
      : budget_(budget), usual_runs_(usual_runs), taken_rooms_(static_cast<size_t>(max_cpus)) {}

  // A batch begins. `any` is for CpuId::Any(), the others are by CPU, and stay where they are until
  // the next batch.
  void Begin(const Room& any, absl::Span<const Room> rooms) {
    any_ = any;
    rooms_ = rooms;
    taken_.Clear();
  }

  uint32_t max_tasks() const { return static_cast<uint32_t>(usual_runs_.size()); }

  // How long a task will run that is given this slice.
  Nanos Expected(uint32_t slot, Nanos slice) const { return std::min(slice, usual_runs_[slot]); }

  // No further task is wanted there now.
  bool Full(CpuId cpu) const { return IsFull(RoomOf(cpu)); }
  // The next task to go there would find a CPU that has nothing to run.
  bool Free(CpuId cpu) const {
    const Room& room = RoomOf(cpu);
    return room.queued < room.free_cpus;
  }
  // What waits for any CPU will take far longer than the budget: a CPU hog is among it.
  bool Congested() const { return any_.ahead > budget_ * 2 * any_.cpus; }

  // A task goes there, which must not be full.
  void Take(CpuId cpu, Nanos expected_run) {
    Room& room = RoomToTake(cpu);
    SCXX_CHECK(!IsFull(room), "the policy dispatched into a full sink; ask full() first");
    room.ahead += expected_run;
    ++room.queued;
    --room.space;
  }

  // CHECKs that a task can go there at all.
  void CheckExists(CpuId cpu) const { RoomOf(cpu); }

 private:
  bool IsFull(const Room& room) const {
    return room.space == 0 || (room.ahead >= budget_ * room.cpus &&
                               room.queued >= std::max<uint32_t>(room.free_cpus, 1));
  }
  const Room& RoomOf(CpuId cpu) const {
    if (cpu == CpuId::Any()) return any_;
    SCXX_CHECK(cpu.IsCpu() && static_cast<size_t>(cpu.value()) < rooms_.size(),
               "the policy named a CPU that does not exist");
    return taken_.Contains(cpu) ? taken_rooms_[cpu.value()] : rooms_[cpu.value()];
  }
  // Of a CPU that gets a task this keeps a copy.
  Room& RoomToTake(CpuId cpu) {
    if (cpu == CpuId::Any()) return any_;
    const Room& room = RoomOf(cpu);
    if (!taken_.Contains(cpu)) {
      taken_rooms_[cpu.value()] = room;
      taken_.Add(cpu);
    }
    return taken_rooms_[cpu.value()];
  }

  Nanos budget_;
  absl::Span<const Nanos> usual_runs_;
  Room any_;
  absl::Span<const Room> rooms_;   // by CPU, as the batch began
  CpuSet taken_;                   // CPUs that got a task since then
  std::vector<Room> taken_rooms_;  // by CPU, of those
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_POLICY_LOOKAHEAD_H_
