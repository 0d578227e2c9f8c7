// SPDX-License-Identifier: Apache-2.0
#include "absl/status/statusor.h"
#include "framework/app/linked_schedulers.h"
#include "framework/app/options.h"
#include "framework/base/duration.h"
#include "framework/policy/policy.h"
#include "lifo/lifo_policy.h"

namespace {

const scxx::RegisterScheduler<LifoPolicy> registered({
    .summary = "the last to come is the first to run",
    .make_policy = [](const scxx::AppOptions& options,
                      const scxx::PolicyLimits& limits) -> absl::StatusOr<LifoPolicy> {
      return LifoPolicy(scxx::FromDuration(options.kernel.slice), limits);
    },
});

}  // namespace
