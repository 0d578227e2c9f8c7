// SPDX-License-Identifier: Apache-2.0
// --check and --update.
#ifndef SCXX_TOOLS_SCHEDBENCH_CHECK_H_
#define SCXX_TOOLS_SCHEDBENCH_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "tools/schedbench/results.h"

namespace scxx::bench {

// The baselines in the tree: found beside the program for reading, in the workspace of `bazel run`
// for writing ("" when this program was not started so).
std::string BaselineToRead();
std::string BaselineToWrite();

// Aborted when something is worse than the baseline in `file`, a line a failure; then or not,
// `report` is what to tell people. NotFound when there is no such file.
absl::Status CheckAgainst(const std::string& file, const Results& results, std::string& report);

// Writes the results over those of the same workloads and schedulers in `file`, which may be new.
absl::Status UpdateBaseline(const std::string& file, const Results& results);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_CHECK_H_
