// SPDX-License-Identifier: Apache-2.0
//
// RunProgram is the whole of a scheduler's main(): flags, choice of a machine, attach, statistics,
// clean end. A scheduler registers what it is made of (linked_schedulers.h) and links a main
// (scheduler_main.cc), so nobody has to call this.
//
// The program has the flags of flags.h and any ABSL_FLAG of its own; --help lists them. Run where
// no scheduler can be attached, it starts itself in a virtual machine with a demo load; with
// --backend=sim it schedules a simulated machine, as fast as that can be simulated.
//
// Exit status: 0 after a clean detach (Ctrl-C, SIGTERM, SIGHUP, --duration), 1 if the kernel
// ejected it or it failed in another way that a new start may cure, 2 for a bad command line, 3 if
// it cannot start here before somebody changes something; in a virtual machine the same, and
// tools/vm's own: 125 if the machine failed. The last line says which. docs/service.md has more.

#ifndef SCXX_FRAMEWORK_APP_RUN_SCHEDULER_H_
#define SCXX_FRAMEWORK_APP_RUN_SCHEDULER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "framework/app/options.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"

namespace scxx {

// A scheduler, its policy's type erased.
struct SchedulerProgram {
  PolicyTraits traits = {};
  std::string summary = {};  // what it is good for, in a line
  std::string advice = {};   // a line for everybody who starts it, or empty
  bool explains = false;     // the policy has Explain: framework/policy/explanation.h
  // Sets flags to what they should say unless the command line says otherwise; may be empty.
  std::function<void()> set_defaults = {};
  std::function<absl::StatusOr<std::unique_ptr<Runner>>(const AppOptions&, Machine&)> make_runner;
  // The policy alone, for tests of all policies.
  std::function<absl::StatusOr<AnyPolicy>(const AppOptions&, const PolicyLimits&)> make_policy = {};
};

// Returns the exit status.
int RunProgram(int argc, char** argv, const SchedulerProgram& program);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_RUN_SCHEDULER_H_
