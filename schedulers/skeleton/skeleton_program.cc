// SPDX-License-Identifier: Apache-2.0
// The skeleton scheduler as a program. See README.md.

#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/policy/policy.h"
#include "schedulers/skeleton/skeleton_policy.h"

// Flags of its own go here, as ABSL_FLAG; those that every scheduler has are in `options`.

namespace scxx {
namespace {

const RegisterScheduler<SkeletonPolicy> registered({
    .summary = "every task in its turn, for a slice in proportion to its weight",
    .make_policy =
        [](const AppOptions& options, const PolicyLimits& limits) {
          return SkeletonPolicy::Create({.slice = options.kernel.slice}, limits);
        },
});

}  // namespace
}  // namespace scxx
