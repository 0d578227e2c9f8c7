// SPDX-License-Identifier: Apache-2.0
//
// Policies side by side: a line a figure of each task group, a column a policy.
//
//   group        figure           fifo   vruntime
//   ui           cpu              2.1%       2.4%
//                p99            9.81ms      410us

#ifndef SCXX_TOOLS_SCHEDSIM_COMPARISON_H_
#define SCXX_TOOLS_SCHEDSIM_COMPARISON_H_

#include <string>
#include <vector>

#include "framework/sim/report.h"

namespace scxx {

// Runs of one workload, one at least.
std::string FormatComparison(const std::vector<sim::RunResult>& runs);

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_COMPARISON_H_
