// SPDX-License-Identifier: Apache-2.0
// The latency scheduler as a program. See README.md.

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "framework/app/fair_flags.h"
#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/policy/policy.h"
#include "schedulers/latency/latency_policy.h"

ABSL_FLAG(absl::Duration, credit_min, scxx::LatencyOptions().credit_min,
          "how far behind the others a CPU hog may start after a sleep: 0 to --bound");

namespace scxx {
namespace {

const RegisterScheduler<LatencyPolicy> registered({
    .summary = "quick answers for tasks of short bursts, at a fair share for all",
    .set_defaults = [] { SetFairDefaults(LatencyOptions().fair); },
    .make_policy =
        [](const AppOptions& options, const PolicyLimits& limits) {
          return LatencyPolicy::Create({.fair = FairOptionsFromFlags(options),
                                        .credit_min = absl::GetFlag(FLAGS_credit_min)},
                                       limits);
        },
});

}  // namespace
}  // namespace scxx
