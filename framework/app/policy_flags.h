// SPDX-License-Identifier: Apache-2.0
//
// The flags that policies are made from, whatever machine they run on: also schedsim's. The other
// flags of a scheduler are in flags.h, those of FairPolicy in fair_flags.h, and a policy's own in
// its NAME_program.cc.

#ifndef SCXX_FRAMEWORK_APP_POLICY_FLAGS_H_
#define SCXX_FRAMEWORK_APP_POLICY_FLAGS_H_

#include "absl/flags/declare.h"
#include "absl/time/time.h"
#include "framework/app/options.h"

ABSL_DECLARE_FLAG(absl::Duration, slice);
ABSL_DECLARE_FLAG(bool, direct);

namespace scxx {

// Puts what these flags say into `options`; not validated.
void ReadPolicyFlags(AppOptions* options);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_POLICY_FLAGS_H_
