// SPDX-License-Identifier: Apache-2.0
// The freeze probe: may a machine of several CPUs be believed? Before any scheduler is attached, a
// task is alone on each CPU and never sleeps. Under EEVDF nothing keeps it from running; what does
// is the emulation, which stops one CPU while it runs another.
#ifndef SCXX_TOOLS_SCHEDBENCH_PROBE_H_
#define SCXX_TOOLS_SCHEDBENCH_PROBE_H_

#include <vector>

#include "absl/status/status.h"
#include "tools/schedbench/plan.h"
#include "tools/schedbench/transcript.h"

namespace scxx::bench {

Run FreezeProbe();

// Unavailable, with the longest gap, when a task stood still for more than 20 ms or the probe did
// not run.
absl::Status JudgeProbe(const std::vector<RunResult>& boot);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PROBE_H_
