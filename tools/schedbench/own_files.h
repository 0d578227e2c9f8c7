// SPDX-License-Identifier: Apache-2.0
// The programs that schedbench brings along.
#ifndef SCXX_TOOLS_SCHEDBENCH_OWN_FILES_H_
#define SCXX_TOOLS_SCHEDBENCH_OWN_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace scxx::bench {

// The schedulers of this workspace, and where one's program is ("" when it is nowhere).
std::vector<std::string> OwnSchedulers();
std::string FindOwnScheduler(const std::string& name);

absl::StatusOr<std::string> FindLoadProgram();
absl::StatusOr<std::string> FindDriverProgram();

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_OWN_FILES_H_
