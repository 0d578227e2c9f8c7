// SPDX-License-Identifier: Apache-2.0
//
// The steps of a file of rt-app, which are what a task does ("run", "sleep", "lock", ...), each
// read with an error that says what was expected.
//
//   RtAppLocks locks;
//   RtAppTimers timers;
//   absl::StatusOr<std::vector<sim::Step>> steps =
//       ReadRtAppStep(document, node, {.task = "ui", .tasks = tasks, .locks = &locks,
//                                      .timers = &timers, .before = before});

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_SYNTAX_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_SYNTAX_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "framework/sim/load/workload.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_locks.h"
#include "tools/schedsim/workload_file/rt_app_timers.h"

namespace scxx {

// The number of a task's group by the task's name.
using RtAppTasks = std::map<std::string, uint32_t>;

// True for a key that is a step: rt-app takes "run", and "run1", "run_long" and the like.
bool IsRtAppStep(const std::string& key);

// What a step may name.
struct RtAppScope {
  const std::string& task;  // whose step it is
  const RtAppTasks& tasks;
  RtAppLocks* locks;
  RtAppTimers* timers;
  const std::vector<RtAppStep>& before;  // of the same phase
};

// The step `node`: several of ours for "sync".
absl::StatusOr<std::vector<sim::Step>> ReadRtAppStep(const JsonDocument& document,
                                                     const JsonNode& node, const RtAppScope& scope);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_SYNTAX_H_
