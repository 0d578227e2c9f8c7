// SPDX-License-Identifier: Apache-2.0
//
// RtAppSteps: what a task of a file of rt-app does, read key by key: "run", "sleep", "lock", ...

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_STEPS_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_STEPS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/sim/load/workload.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_locks.h"

namespace scxx {

// The number of a task's group by the task's name.
using RtAppTasks = std::map<std::string, uint32_t>;

// As many as the steps of a task may be, its loops unrolled.
inline constexpr size_t kMaxRtAppSteps = 10'000;

// True for a key that is a step, also one that the simulator does not have: rt-app takes "run", and
// "run1", "run_long" and the like where a key must not come twice.
bool IsRtAppStep(const std::string& key);

// What a step may name.
struct RtAppScope {
  const std::string& task;  // whose step it is
  const RtAppTasks& tasks;
  RtAppLocks* locks;
};

// The step `node`: several of ours for "sync", none for 0 us of running or sleeping.
absl::StatusOr<std::vector<sim::Step>> ReadRtAppStep(const JsonDocument& document,
                                                     const JsonNode& node, const RtAppScope& scope);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_STEPS_H_
