// SPDX-License-Identifier: Apache-2.0
//
// Trace: what happened in a run, as a hash (equal runs have equal hashes), as the last few records
// (for a report of what went wrong), and, if a sink is set, record by record.
//
// Records are the callbacks of sched_ext_ops, whether the scheduler defines them or not, and a few
// events around them. Not thread-safe.

#ifndef SCXX_FRAMEWORK_SIM_CORE_TRACE_H_
#define SCXX_FRAMEWORK_SIM_CORE_TRACE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "framework/base/units.h"

namespace scxx::sim {

enum class TraceKind : uint8_t {
  // Callbacks. `value` is what the core passes, or what came back.
  kInitTask,
  kExitTask,
  kEnable,
  kDisable,
  kSetWeight,
  kSetCpumask,
  kSelectCpu,  // value: the CPU chosen
  kRunnable,   // value: enqueue flags
  kEnqueue,    // value: enqueue flags
  kDequeue,    // custody ends; value: 0 dispatched, kDequeueSchedChange
  kDispatch,   // task: the one that ran before
  kRunning,
  kStopping,   // value: still runnable
  kQuiescent,  // value: kDequeueSleep, kDequeueSchedChange
  kYield,
  kUpdateIdle,  // value: idle
  kTimer,
  kCgroupMove,  // value: the new one
  // Around them.
  kKick,    // value: target << 8 | flags
  kBounds,  // a task's CPU burst has ended
  kPark,    // the agent parks; value: tasks that its policy holds
  kFault,   // value: which
  kAbort,
  kHotplug,  // value: CPU << 8 | online
};
std::ostream& operator<<(std::ostream& os, TraceKind kind);
absl::string_view NameOf(TraceKind kind);

inline constexpr uint32_t kNoTask = UINT32_MAX;
inline constexpr uint64_t kDequeueSleep = 1;
inline constexpr uint64_t kDequeueSchedChange = 1ull << 33;

struct TraceRecord {
  Instant time;
  TraceKind kind = TraceKind::kDispatch;
  int16_t cpu = 0;  // the executing one
  uint32_t task = kNoTask;
  uint64_t value = 0;
};
std::ostream& operator<<(std::ostream& os, const TraceRecord& record);

class Trace {
 public:
  using Sink = std::function<void(const TraceRecord&)>;

  void Add(const TraceRecord& record) {
    hash_ = Mix(hash_ ^ record.time.nanos());
    hash_ =
        Mix(hash_ ^ (static_cast<uint64_t>(record.kind) << 48 |
                     static_cast<uint64_t>(static_cast<uint16_t>(record.cpu)) << 32 | record.task));
    hash_ = Mix(hash_ ^ record.value);
    last_[records_++ % kKept] = record;
    if (sink_) sink_(record);
  }

  uint64_t hash() const { return hash_; }
  uint64_t records() const { return records_; }
  // The latest records, oldest first.
  std::vector<TraceRecord> Last() const;
  void SetSink(Sink sink) { sink_ = std::move(sink); }

 private:
  static constexpr size_t kKept = 64;

  static uint64_t Mix(uint64_t x) {
    x *= 0x9e3779b97f4a7c15ull;
    return x ^ x >> 29;
  }

  uint64_t hash_ = 0;
  uint64_t records_ = 0;
  std::array<TraceRecord, kKept> last_;
  Sink sink_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_TRACE_H_
