// SPDX-License-Identifier: Apache-2.0
// Carries out a plan and writes a transcript (transcript.h reads it).
#ifndef SCXX_TOOLS_SCHEDBENCH_GUEST_DRIVER_H_
#define SCXX_TOOLS_SCHEDBENCH_GUEST_DRIVER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "tools/schedbench/plan.h"

namespace scxx::bench {

struct DriverOptions {
  std::string load = "/bin/load";            // The load program.
  uint64_t seed = 1;                         // Of the loads.
  absl::Duration settle = absl::Seconds(4);  // Before the first scheduler: the boot's own work.
  absl::Duration pause = absl::Milliseconds(500);  // Before every run, with its tasks waiting.
};

// One thread, as root. A run that fails, or a scheduler that does not attach, is in the transcript
// and does not end the plan.
void Drive(const Plan& plan, const DriverOptions& options);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_GUEST_DRIVER_H_
