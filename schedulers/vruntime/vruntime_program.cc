// SPDX-License-Identifier: Apache-2.0
// The vruntime scheduler as a program. See README.md.

#include "framework/app/fair_flags.h"
#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/policy/policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

const RegisterScheduler<VruntimePolicy> registered({
    .summary = "CPU in proportion to weight, and tasks that just woke first",
    .set_defaults = [] { SetFairDefaults(VruntimeOptions()); },
    .make_policy =
        [](const AppOptions& options, const PolicyLimits& limits) {
          return VruntimePolicy::Create(FairOptionsFromFlags(options), limits);
        },
});

}  // namespace
}  // namespace scxx
