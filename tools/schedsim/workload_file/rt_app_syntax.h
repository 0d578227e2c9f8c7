// SPDX-License-Identifier: Apache-2.0
//
// What stands in a file of rt-app, each read with an error that says what was expected: values
// (times, names, CPUs) and steps, which are what a task does ("run", "sleep", "lock", ...).
//
//   absl::StatusOr<Nanos> delay = ReadMicros(document, node);
//   if (!delay.ok()) return delay.status();   // mix.json:7: tasks.ui.delay: expected a number
//
//   RtAppLocks locks;
//   absl::StatusOr<std::vector<sim::Step>> steps =
//       ReadRtAppStep(document, node,
//                     {.task = "ui", .tasks = tasks, .locks = &locks, .before = before});

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_SYNTAX_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_SYNTAX_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/sim/load/workload.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_locks.h"

namespace scxx {

// ---- values ----

// Each key may come once, but where they are steps or phases.
enum class RepeatedKeys : uint8_t { kNone, kAny };
absl::Status CheckObject(const JsonDocument& document, const JsonNode& node,
                         RepeatedKeys repeated = RepeatedKeys::kNone);
absl::Status RefuseRepeated(const JsonDocument& document, const JsonNode& node);

// `what` names the quantity: "a number of instances".
absl::StatusOr<int64_t> ReadInteger(const JsonDocument& document, const JsonNode& node,
                                    absl::string_view what, int64_t lowest, int64_t highest);

// Microseconds, up to an hour.
absl::StatusOr<Nanos> ReadMicros(const JsonDocument& document, const JsonNode& node,
                                 int64_t lowest = 0);

absl::StatusOr<std::string> ReadText(const JsonDocument& document, const JsonNode& node,
                                     absl::string_view what);

// Up to 32 letters, digits, '_', '-' and '.'.
bool IsRtAppName(absl::string_view name);
// The same in words, for a message: "a task's name of up to ...".
std::string RtAppNameOf(absl::string_view what);

// A list of numbers below `nr_cpus`, one at least.
absl::StatusOr<CpuSet> ReadCpus(const JsonDocument& document, const JsonNode& node, int nr_cpus);

// Seconds; -1 is for ever.
absl::StatusOr<int64_t> ReadSeconds(const JsonDocument& document, const JsonNode& node);

// ---- steps ----

// The number of a task's group by the task's name.
using RtAppTasks = std::map<std::string, uint32_t>;

// As many as the steps of a task may be, its loops unrolled.
inline constexpr size_t kMaxRtAppSteps = 10'000;

// True for a key that is a step: rt-app takes "run", and "run1", "run_long" and the like.
bool IsRtAppStep(const std::string& key);

// What a step may name.
struct RtAppScope {
  const std::string& task;  // whose step it is
  const RtAppTasks& tasks;
  RtAppLocks* locks;
  const std::vector<RtAppStep>& before;  // of the same phase
};

// The step `node`: several of ours for "sync".
absl::StatusOr<std::vector<sim::Step>> ReadRtAppStep(const JsonDocument& document,
                                                     const JsonNode& node, const RtAppScope& scope);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_SYNTAX_H_
