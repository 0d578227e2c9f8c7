// SPDX-License-Identifier: Apache-2.0
//
// A task of a file of rt-app: its attributes, its steps, and its phases, which become steps too.
//
//   RtAppTogether all{.nr_cpus = 4};
//   all.tasks = {{"ui", 0}, {"hog", 1}};
//   absl::StatusOr<sim::TaskGroup> ui = ReadRtAppTask(document, node, &all);

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TASK_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TASK_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "framework/sim/load/workload.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_attributes.h"
#include "tools/schedsim/workload_file/rt_app_locks.h"
#include "tools/schedsim/workload_file/rt_app_syntax.h"
#include "tools/schedsim/workload_file/rt_app_timers.h"

namespace scxx {

inline constexpr int64_t kMaxRtAppInstances = 3'000;  // in all; the dispatcher has 4096 slots

// What the tasks of a file have together.
struct RtAppTogether {
  int nr_cpus = 1;
  sim::SchedClass birth = {};  // of a task that says nothing else
  RtAppTasks tasks = {};       // all of them, also those that are not read yet
  RtAppTaskgroups taskgroups = {};
  RtAppLocks locks = {};
  RtAppTimers timers = {};
};

absl::StatusOr<sim::TaskGroup> ReadRtAppTask(const JsonDocument& document, const JsonNode& node,
                                             RtAppTogether* all);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_RT_APP_TASK_H_
