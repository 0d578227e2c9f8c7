// SPDX-License-Identifier: Apache-2.0
// Does to a scheduler's process what users fear: stops it, kills it, or makes it slow, during a
// run.
#ifndef SCXX_TOOLS_LOAD_FAULT_H_
#define SCXX_TOOLS_LOAD_FAULT_H_

#include <sys/types.h>

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "framework/base/units.h"

namespace scxx::load {

struct FaultPlan {
  enum class Kind {
    kNone,
    kStop,  // SIGSTOP, and SIGCONT afterwards.
    kKill,  // SIGKILL.
    kSlow,  // Stopped for nine of every ten milliseconds.
  };
  Kind kind = Kind::kNone;
  std::string target = "";                     // A process id, or a command name (comm).
  absl::Duration at = absl::Seconds(2);        // From the start of the run.
  absl::Duration lasting = absl::Seconds(12);  // Not for kKill.
};

std::string FaultName(FaultPlan::Kind kind);

// The process that `target` means. Errors: none such, or several of that name.
absl::StatusOr<pid_t> FindProcess(const std::string& target);

// Carries out the plan on `pid`. `wait_until` passes the time up to a moment of CLOCK_MONOTONIC and
// returns true when the run ended before it; then the fault ends too. However this returns, the
// target is running again (or dead): SIGINT and SIGTERM are held back while it is stopped. False
// when the run ended before the fault was due.
bool InjectFault(const FaultPlan& plan, pid_t pid, Instant start,
                 absl::FunctionRef<bool(Instant)> wait_until);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_FAULT_H_
