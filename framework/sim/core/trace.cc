// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/trace.h"

#include <algorithm>
#include <iterator>

namespace scxx::sim {
namespace {

constexpr absl::string_view kNames[] = {
    "init_task",  "exit_task", "enable",  "disable",     "set_weight", "set_cpumask",
    "select_cpu", "runnable",  "enqueue", "dequeue",     "dispatch",   "running",
    "stopping",   "quiescent", "yield",   "update_idle", "timer",      "cgroup_move",
    "kick",       "burst_end", "park",    "fault",       "abort",      "hotplug"};
static_assert(std::size(kNames) == static_cast<size_t>(TraceKind::kHotplug) + 1);

}  // namespace

absl::string_view NameOf(TraceKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::ostream& operator<<(std::ostream& os, TraceKind kind) { return os << NameOf(kind); }

std::ostream& operator<<(std::ostream& os, const TraceRecord& record) {
  os << record.time.nanos() << " cpu" << record.cpu << ' ' << record.kind;
  if (record.task != kNoTask) os << " task" << record.task;
  if (record.kind == TraceKind::kKick) {
    return os << " cpu" << (record.value >> 8) << " flags " << (record.value & 0xff);
  }
  if (record.kind == TraceKind::kHotplug) {
    return os << " cpu" << (record.value >> 8) << (record.value & 1 ? " online" : " offline");
  }
  return os << ' ' << record.value;
}

std::vector<TraceRecord> Trace::Last() const {
  const uint64_t kept = std::min<uint64_t>(records_, kKept);
  std::vector<TraceRecord> out;
  for (uint64_t i = records_ - kept; i < records_; ++i) out.push_back(last_[i % kKept]);
  return out;
}

}  // namespace scxx::sim
