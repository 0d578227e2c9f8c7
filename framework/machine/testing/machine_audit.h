// SPDX-License-Identifier: Apache-2.0
//
// What every Machine must do over its life, held against the simulator's (framework/sim) and a
// kernel's (tests/kernel), as BackendAudit is for cycles. No policy is needed: the audit lives the
// lives itself, with an agent that decides nothing, so tasks run as far as the lease lets them.
//
//   for (const MachineCase& c : MachineCases()) {
//     EXPECT_EQ(c.violation(make_machine), "") << c.name;
//   }

#ifndef SCXX_FRAMEWORK_MACHINE_TESTING_MACHINE_AUDIT_H_
#define SCXX_FRAMEWORK_MACHINE_TESTING_MACHINE_AUDIT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "framework/machine/machine.h"

namespace scxx {

// Loads a machine; called again for each life.
using MakeMachine = std::function<absl::StatusOr<std::unique_ptr<Machine>>()>;

struct MachineCase {
  std::string name;  // a C++ identifier
  // What the machine did wrong; else "".
  std::function<std::string(const MakeMachine&)> violation;
};

//   KnowsItselfBeforeTheAttach    description, limits and topology agree with what comes later
//   StopsWhenAsked                Park returns kExited after RequestStop, and goes on doing so
//   StopsWhenAskedFromElsewhere   the same from another thread, while the agent waits
//   StopsWhenAskedBefore          a RequestStop before the attach is not forgotten
//   SaysHowItEnded                a detach is no ejection; a second one says the same
//   CountsFromTheAttach           every figure has name, unit and help, and no counter ever shrinks
//   CanBeHadAgain                 three lives in a row, each attached; time does not run backwards
//   EndsWithItsObject             a machine that is destroyed while attached can be had again
//   DiesUnattached                so can one that never was
std::vector<MachineCase> MachineCases();

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_MACHINE_TESTING_MACHINE_AUDIT_H_
