// SPDX-License-Identifier: Apache-2.0
// The vruntime scheduler. See README.md.

#include "framework/app/fair_flags.h"
#include "framework/app/options.h"
#include "framework/app/run_scheduler.h"
#include "framework/policy/policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

int main(int argc, char** argv) {
  scxx::SetFairDefaults(scxx::VruntimeOptions());
  return scxx::RunScheduler<scxx::VruntimePolicy>(
      argc, argv, "vruntime: CPU in proportion to weight, and tasks that just woke first",
      [](const scxx::AppOptions& options, const scxx::PolicyLimits& limits) {
        return scxx::VruntimePolicy::Create(scxx::FairOptionsFromFlags(options), limits);
      });
}
