// SPDX-License-Identifier: Apache-2.0
//
// RunScheduler is the whole of a scheduler's main(): flags, choice of a machine, attach,
// statistics, clean end.
//
//   int main(int argc, char** argv) {
//     return scxx::RunScheduler<MyPolicy>(
//         argc, argv, "mine: the task with the shortest name first",
//         [](const scxx::AppOptions& options, const scxx::PolicyLimits& limits) {
//           return MyPolicy::Create({.slice = options.kernel.slice}, limits);
//         });
//   }
//
// The program then has the flags of flags.h and any ABSL_FLAG of its own; --help lists them. Run
// where no scheduler can be attached, it starts itself in a virtual machine with a demo load.
//
// Exit status: 0 after a clean detach (Ctrl-C, SIGTERM, SIGHUP, --duration, closed output), 1 if
// the kernel ejected it, 2 for a bad command line, 3 if it could not start here; in a virtual
// machine the same, and tools/vm's own: 125 if the machine failed. The last line says which.

#ifndef SCXX_FRAMEWORK_APP_RUN_SCHEDULER_H_
#define SCXX_FRAMEWORK_APP_RUN_SCHEDULER_H_

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/app/engine_runner.h"
#include "framework/app/options.h"
#include "framework/app/session.h"
#include "framework/backend/backend.h"
#include "framework/policy/policy.h"

namespace scxx {

// A scheduler, its policy's type erased.
struct SchedulerProgram {
  PolicyTraits traits;
  std::string summary;  // first line of --help
  std::function<absl::StatusOr<std::unique_ptr<Runner>>(const AppOptions&, Backend&)> make_runner;
};

// Returns the exit status.
int RunProgram(int argc, char** argv, const SchedulerProgram& program);

// `make_policy(const AppOptions&, const PolicyLimits&)` returns absl::StatusOr<P>.
template <Policy P, typename MakePolicy>
  requires std::invocable<MakePolicy&, const AppOptions&, const PolicyLimits&>
int RunScheduler(int argc, char** argv, absl::string_view summary, MakePolicy make_policy) {
  const auto make_runner = [make_policy](
                               const AppOptions& options,
                               Backend& backend) -> absl::StatusOr<std::unique_ptr<Runner>> {
    absl::StatusOr<P> policy = make_policy(options, backend.limits());
    if (!policy.ok()) return policy.status();
    return std::make_unique<EngineRunner<P>>(*std::move(policy), backend);
  };
  return RunProgram(
      argc, argv,
      {.traits = TraitsOf<P>(), .summary = std::string(summary), .make_runner = make_runner});
}

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_RUN_SCHEDULER_H_
