// SPDX-License-Identifier: Apache-2.0
// Runs a workload in child processes of the caller and reports what came of it.
//
//   PipePairs pairs({.pairs = 4, .messages = 2000});
//   absl::StatusOr<LoadResult> result = RunLoad(pairs);
//   // result->ops == 8000
#ifndef SCXX_TOOLS_LOAD_RUNNER_H_
#define SCXX_TOOLS_LOAD_RUNNER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/load/affinity.h"
#include "tools/load/fault.h"
#include "tools/load/result.h"
#include "tools/load/workload.h"

namespace scxx::load {

struct RunSettings {
  uint64_t seed = 1;
  CpuSet cpus = {};  // Run on these only; empty: wherever allowed.
  // A run that ends with its tasks is stalled when it has not ended after this.
  absl::Duration limit = absl::Seconds(120);
  // Wait this long with all tasks at the gate: a kernel that has just booted has work of its own.
  absl::Duration settle = absl::ZeroDuration();
  FaultPlan fault = {};
};

// Threading: call from one thread of a process that is not itself the scheduler under test (fork
// marks its memory copy-on-write, which would make a scheduler fault). Errors: what kept it from
// starting. A run that stalled is a result, with `stalled` set. Either way no child is left.
absl::StatusOr<LoadResult> RunLoad(Workload& workload, const RunSettings& settings = {});

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_RUNNER_H_
