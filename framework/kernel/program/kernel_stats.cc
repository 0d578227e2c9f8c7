// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/program/kernel_stats.h"

namespace scxx {
namespace {

constexpr CounterInfo kCounters[] = {
    {SCXX_CNT_QUEUED, "queued", "tasks", "Tasks handed to user space"},
    {SCXX_CNT_DISPATCHED, "dispatched", "tasks", "Dispatch records honoured"},
    {SCXX_CNT_CANCELLED, "cancelled", "tasks", "Waits ended because the task was enqueued again"},
    {SCXX_CNT_RECLAIMED, "reclaimed", "tasks", "Tasks the kernel took back from user space"},
    {SCXX_CNT_GONE, "gone", "tasks", "Tasks that left sched_ext while user space held them"},
    {SCXX_CNT_STALE, "stale", "records", "Dispatch records dropped because no longer true"},
    {SCXX_CNT_BAD_RECORD, "bad_records", "records", "Dispatch records dropped as nonsense: 0"},
    {SCXX_CNT_BOUNCED, "bounced", "tasks", "Dispatches to a CPU the task may not use"},
    {SCXX_CNT_KERNEL, "kernel", "tasks", "Tasks scheduled by the kernel's fallback queue"},
    {SCXX_CNT_NO_SLOT, "no_slot", "tasks", "Of these, for want of a slot: raise --max_tasks"},
    {SCXX_CNT_RING_FULL, "ring_full", "tasks", "Of these, because an event ring was full"},
    {SCXX_CNT_KTHREAD, "kthreads", "tasks", "Kernel threads dispatched at once"},
    {SCXX_CNT_DIRECT, "direct", "tasks", "Wakeups dispatched at once because nothing waited"},
    {SCXX_CNT_STOLEN, "stolen", "records", "Dispatch records taken by another CPU"},
    {SCXX_CNT_EXTENDED, "extended", "slices", "Slices renewed because nothing else waited"},
    {SCXX_CNT_ACTIVATIONS, "activations", "times", "Times the agent was put on a CPU"},
    {SCXX_CNT_PARKS, "parks", "times", "Times the agent parked"},
    {SCXX_CNT_KICK_IDLE, "kicks_idle", "kicks", "Idle CPUs kicked"},
    {SCXX_CNT_KICK_PREEMPT, "kicks_preempt", "kicks", "Running tasks interrupted"},
    {SCXX_CNT_FALLBACKS, "fallbacks", "times", "Times the lease expired: 0 in good health"},
    {SCXX_CNT_DISPATCH_CALLS, "dispatch_calls", "calls", "Calls of ops.dispatch"},
};
static_assert(std::size(kCounters) == SCXX_NR_COUNTERS);
static_assert(HistogramBuckets::kCount <= SCXX_HIST_BUCKETS);

void Add(const scxx_cpu& cpu, KernelStats* stats) {
  for (size_t i = 0; i < stats->counters.size(); ++i) {
    stats->counters[i] += __atomic_load_n(&cpu.counters[i], __ATOMIC_RELAXED);
  }
  for (size_t i = 0; i < HistogramBuckets::kCount; ++i) {
    stats->inserted.Add(i, __atomic_load_n(&cpu.inserted_after[i], __ATOMIC_RELAXED));
  }
  stats->running += __atomic_load_n(&cpu.owner_pid, __ATOMIC_RELAXED) != 0;
}

}  // namespace

absl::Span<const CounterInfo> KernelCounters() { return kCounters; }

KernelStats ReadKernelStats(const SharedMemory& memory, uint32_t nr_cpus) {
  KernelStats stats;
  for (uint32_t cpu = 0; cpu < nr_cpus; ++cpu) Add(memory.cpus.at<scxx_cpu>(cpu), &stats);
  stats.fallback =
      __atomic_load_n(&memory.global.at<scxx_global>(0).fallback, __ATOMIC_RELAXED) != 0;
  return stats;
}

}  // namespace scxx
