// SPDX-License-Identifier: Apache-2.0
//
// FairOptions (framework/policy/fair) as flags: --slice_min, --period, --bound, --margin, --gap,
// --max_wait, --tick, --percpu_local, --domains, --cache_margin, --node_margin, and the common
// --slice. For schedulers made of FairPolicy.
//
//   const RegisterScheduler<VruntimePolicy> registered({
//       .summary = "...",
//       .set_defaults = [] { SetFairDefaults(VruntimeOptions()); },
//       .make_policy = [](const AppOptions& options, const PolicyLimits& limits) {
//         return VruntimePolicy::Create(FairOptionsFromFlags(options), limits);
//       },
//   });

#ifndef SCXX_FRAMEWORK_APP_FAIR_FLAGS_H_
#define SCXX_FRAMEWORK_APP_FAIR_FLAGS_H_

#include "framework/app/options.h"
#include "framework/policy/fair/fair_options.h"

namespace scxx {

// What the flags say unless the command line says otherwise: before it is read.
void SetFairDefaults(const FairOptions& defaults);

// What the flags say now; not validated.
FairOptions FairOptionsFromFlags(const AppOptions& options);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_FAIR_FLAGS_H_
