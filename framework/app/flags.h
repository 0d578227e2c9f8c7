// SPDX-License-Identifier: Apache-2.0
//
// The flags that every scheduler has, as AppOptions. Those of FairPolicy are in fair_flags.h, and a
// policy's own are in its NAME_program.cc, with ABSL_FLAG.
//
// --slice and --direct are what policies are made from, whatever machine they run on, and schedsim
// has them too. They are a source file of their own, policy_flags.cc, so that a program which reads
// only these links only these.

#ifndef SCXX_FRAMEWORK_APP_FLAGS_H_
#define SCXX_FRAMEWORK_APP_FLAGS_H_

#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/time/time.h"
#include "framework/app/options.h"

ABSL_DECLARE_FLAG(absl::Duration, slice);
ABSL_DECLARE_FLAG(bool, direct);

namespace scxx {

// What the flags say now; not validated.
AppOptions OptionsFromFlags();

// Puts what --slice and --direct say into `options`; not validated.
void ReadPolicyFlags(AppOptions* options);

// The command line, without the program's name, that sets every flag as it is set here, except
// those that say where to run: what a scheduler in a virtual machine is started with.
std::vector<std::string> GuestArguments();

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_FLAGS_H_
