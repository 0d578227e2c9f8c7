// SPDX-License-Identifier: Apache-2.0
#include "framework/channel/dispatcher_stats.h"

#include <algorithm>

namespace scxx {
namespace {

constexpr FigureKind kCounter = FigureKind::kCounter;

constexpr DispatcherCounter kCounters[] = {
    {SCXX_CNT_QUEUED, {"queued", "tasks", kCounter, "Tasks handed to user space"}},
    {SCXX_CNT_DISPATCHED, {"dispatched", "tasks", kCounter, "Dispatch records honoured"}},
    {SCXX_CNT_CANCELLED,
     {"cancelled", "tasks", kCounter, "Waits ended because the task was enqueued again"}},
    {SCXX_CNT_RECLAIMED,
     {"reclaimed", "tasks", kCounter, "Tasks the kernel took back from user space"}},
    {SCXX_CNT_GONE,
     {"gone", "tasks", kCounter, "Tasks that left sched_ext while user space held them"}},
    {SCXX_CNT_STALE,
     {"stale", "records", kCounter, "Dispatch records dropped because no longer true"}},
    {SCXX_CNT_BAD_RECORD,
     {"bad_records", "records", kCounter, "Dispatch records dropped as nonsense: 0"}},
    {SCXX_CNT_BOUNCED, {"bounced", "tasks", kCounter, "Dispatches to a CPU the task may not use"}},
    {SCXX_CNT_KERNEL,
     {"kernel", "tasks", kCounter, "Tasks scheduled by the kernel's fallback queue"}},
    {SCXX_CNT_NO_SLOT,
     {"no_slot", "tasks", kCounter, "Of these, for want of a slot: raise --max_tasks"}},
    {SCXX_CNT_RING_FULL,
     {"ring_full", "tasks", kCounter, "Of these, because an event ring was full"}},
    {SCXX_CNT_KTHREAD, {"kthreads", "tasks", kCounter, "Kernel threads dispatched at once"}},
    {SCXX_CNT_DIRECT,
     {"direct", "tasks", kCounter, "Wakeups dispatched at once because nothing waited"}},
    {SCXX_CNT_STOLEN, {"stolen", "records", kCounter, "Dispatch records taken by another CPU"}},
    {SCXX_CNT_EXTENDED,
     {"extended", "slices", kCounter, "Slices renewed because nothing else waited"}},
    {SCXX_CNT_ACTIVATIONS, {"activations", "times", kCounter, "Times the agent was put on a CPU"}},
    {SCXX_CNT_PARKS, {"parks", "times", kCounter, "Times the agent parked"}},
    {SCXX_CNT_KICK_IDLE, {"kicks_idle", "kicks", kCounter, "Idle CPUs kicked"}},
    {SCXX_CNT_KICK_PREEMPT, {"kicks_preempt", "kicks", kCounter, "Running tasks interrupted"}},
    {SCXX_CNT_FALLBACKS,
     {"fallbacks", "times", kCounter, "Times the lease expired: 0 in good health"}},
    {SCXX_CNT_DISPATCH_CALLS, {"dispatch_calls", "calls", kCounter, "Calls of ops.dispatch"}},
};
static_assert(std::size(kCounters) == SCXX_NR_COUNTERS);
static_assert(HistogramBuckets::kCount <= SCXX_HIST_BUCKETS);

constexpr Figure kCustody = {"custody", "tasks", FigureKind::kGauge,
                             "Tasks in user space's hands now"};
constexpr Figure kRunning = {"running", "CPUs", FigureKind::kGauge,
                             "CPUs that run a task user space has dispatched"};
constexpr Figure kSlotless = {"slotless", "tasks", FigureKind::kGauge,
                              "Tasks without a slot, which no policy sees: raise --max_tasks"};
constexpr Figure kInserted = {"inserted", "ns", FigureKind::kHistogram,
                              "From enqueued until on its CPU's queue"};

void Add(const scxx_cpu& cpu, DispatcherStats* stats) {
  for (size_t i = 0; i < stats->counters.size(); ++i) {
    stats->counters[i] += __atomic_load_n(&cpu.counters[i], __ATOMIC_RELAXED);
  }
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    stats->inserted.Add(i, __atomic_load_n(&cpu.inserted_after[i], __ATOMIC_RELAXED));
  }
  stats->running += __atomic_load_n(&cpu.owner_pid, __ATOMIC_RELAXED) != 0;
}

}  // namespace

absl::Span<const DispatcherCounter> DispatcherCounters() { return kCounters; }

Readings DispatcherStats::Figures() const {
  Readings readings;
  readings.Add(kCustody, static_cast<uint64_t>(std::max<int64_t>(InCustody(), 0)));
  readings.Add(kRunning, running);
  readings.Add(kSlotless, slotless);
  for (const auto& [id, figure] : kCounters) readings.Add(figure, counters[id]);
  readings.Add(kInserted, inserted);
  return readings;
}

DispatcherStats ReadDispatcherStats(const SharedMemory& memory, uint32_t nr_cpus) {
  DispatcherStats stats;
  for (uint32_t cpu = 0; cpu < nr_cpus; ++cpu) Add(memory.cpus.at<scxx_cpu>(cpu), &stats);
  const auto& global = memory.global.at<scxx_global>(0);
  stats.fallback = __atomic_load_n(&global.fallback, __ATOMIC_RELAXED) != 0;
  stats.slotless = __atomic_load_n(&global.slotless, __ATOMIC_RELAXED);
  return stats;
}

}  // namespace scxx
