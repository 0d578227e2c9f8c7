// SPDX-License-Identifier: Apache-2.0
//
// FairOptions (framework/policy/fair) as flags: --slice_min, --period, --bound, --margin, --gap,
// --max_wait, --tick, and the common --slice. For schedulers made of FairPolicy.
//
//   int main(int argc, char** argv) {
//     scxx::SetFairDefaults(scxx::VruntimeOptions());
//     return scxx::RunScheduler<scxx::VruntimePolicy>(
//         argc, argv, "vruntime: ...",
//         [](const scxx::AppOptions& options, const scxx::PolicyLimits& limits) {
//           return scxx::VruntimePolicy::Create(scxx::FairOptionsFromFlags(options), limits);
//         });
//   }

#ifndef SCXX_FRAMEWORK_APP_FAIR_FLAGS_H_
#define SCXX_FRAMEWORK_APP_FAIR_FLAGS_H_

#include "framework/app/options.h"
#include "framework/policy/fair/fair_options.h"

namespace scxx {

// What the flags say unless the command line says otherwise. Call it first in main().
void SetFairDefaults(const FairOptions& defaults);

// What the flags say now; not validated.
FairOptions FairOptionsFromFlags(const AppOptions& options);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_FAIR_FLAGS_H_
