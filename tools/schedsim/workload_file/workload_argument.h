// SPDX-License-Identifier: Apache-2.0
//
// What --workload names: a built-in workload, or a file in rt-app's format (a name with '/' or
// '.').

#ifndef SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_WORKLOAD_ARGUMENT_H_
#define SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_WORKLOAD_ARGUMENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/schedsim/workload_file/rt_app.h"

namespace scxx {

// Relative paths are the user's, also under `bazel run`. An error names the file, or lists the
// built-in workloads.
absl::StatusOr<RtAppFile> FindWorkload(const std::string& argument, int nr_cpus);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_WORKLOAD_FILE_WORKLOAD_ARGUMENT_H_
