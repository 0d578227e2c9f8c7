// SPDX-License-Identifier: Apache-2.0
// The latency scheduler. See README.md.

#include "absl/flags/flag.h"
#include "absl/time/time.h"
#include "framework/app/fair_flags.h"
#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/policy/policy.h"
#include "schedulers/latency/latency_policy.h"

ABSL_FLAG(absl::Duration, credit_min, scxx::LatencyOptions().credit_min,
          "how far behind the others a CPU hog may start after a sleep: 0 to --bound");

int main(int argc, char** argv) {
  scxx::SetFairDefaults(scxx::LatencyOptions().fair);
  return scxx::RunScheduler<scxx::LatencyPolicy>(
      argc, argv, "latency: quick answers for tasks of short bursts, at a fair share for all",
      [](const scxx::AppOptions& options, const scxx::PolicyLimits& limits) {
        return scxx::LatencyPolicy::Create({.fair = scxx::FairOptionsFromFlags(options),
                                            .credit_min = absl::GetFlag(FLAGS_credit_min)},
                                           limits);
      });
}
