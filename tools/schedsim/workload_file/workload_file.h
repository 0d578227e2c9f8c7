// SPDX-License-Identifier: Apache-2.0
//
// A workload from a file in the JSON format of rt-app, or what of it the simulator has.
//
//   {
//     "global": { "duration": 2 },
//     "tasks": {
//       "hog": { "instance": 4, "run": 1000000 },
//       "ui":  { "priority": -5, "sleep": 5000, "run": 300, },  /* microseconds */
//     }
//   }
//
// docs/workloads.md lists every key. A key that the simulator cannot honour is an error, unless it
// changes nothing here (log files and the like).
//
// Errors: InvalidArgument, one line: file, line, key, and what was expected there.

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_WORKLOAD_FILE_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_WORKLOAD_FILE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/base/units.h"
#include "framework/sim/load/workload.h"

namespace scxx {

struct RtAppFile {
  sim::Workload workload;
  std::optional<Nanos> duration;  // the file's global.duration
};

// `name` is for messages, and the workload's; `nr_cpus` is how many the machine has.
absl::StatusOr<RtAppFile> ReadRtApp(absl::string_view name, absl::string_view text, int nr_cpus);

// What --workload names: a built-in workload, or a file (a name with '/' or '.'). Relative paths
// are the user's, also under `bazel run`. An error names the file, or lists the built-in workloads.
absl::StatusOr<RtAppFile> FindWorkload(const std::string& argument, int nr_cpus);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_WORKLOAD_FILE_H_
