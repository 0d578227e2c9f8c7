// SPDX-License-Identifier: Apache-2.0
//
// DispatcherStats: what the dispatcher of bpf/ has counted, in a kernel or in the simulator, added
// up over the CPUs.
//
//   const DispatcherStats stats = backend.Stats();
//   stats[SCXX_CNT_DISPATCHED]
//   Print(FormatFigures(stats.Figures()));
//
// Identity, exact when nothing moves: queued = dispatched + cancelled + reclaimed + gone + the
// tasks that wait in user custody now. Threading: a plain value.

#ifndef SCXX_FRAMEWORK_CHANNEL_DISPATCHER_STATS_H_
#define SCXX_FRAMEWORK_CHANNEL_DISPATCHER_STATS_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "bpf/wire.h"
#include "framework/channel/shared_memory.h"
#include "framework/stats/figures.h"
#include "framework/stats/histogram.h"

namespace scxx {

struct DispatcherStats {
  std::array<uint64_t, SCXX_NR_COUNTERS> counters = {};
  HistogramSnapshot inserted;  // from enqueue to insertion into a CPU's local DSQ
  uint64_t running = 0;        // CPUs that run a task user space has dispatched
  uint64_t slotless = 0;       // tasks alive now that want a slot and have none
  bool fallback = false;       // the kernel schedules at the moment

  uint64_t operator[](scxx_counter id) const { return counters[id]; }

  // Tasks in user custody.
  int64_t InCustody() const {
    return static_cast<int64_t>(counters[SCXX_CNT_QUEUED] - counters[SCXX_CNT_DISPATCHED] -
                                counters[SCXX_CNT_CANCELLED] - counters[SCXX_CNT_RECLAIMED] -
                                counters[SCXX_CNT_GONE]);
  }

  // All of it.
  Readings Figures() const;
};

struct DispatcherCounter {
  scxx_counter id;
  Figure figure;
};

// One for every scxx_counter, in its order.
absl::Span<const DispatcherCounter> DispatcherCounters();

DispatcherStats ReadDispatcherStats(const SharedMemory& memory, uint32_t nr_cpus);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_DISPATCHER_STATS_H_
