// SPDX-License-Identifier: Apache-2.0

#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {

absl::StatusOr<VruntimePolicy> VruntimePolicy::Create(const VruntimeOptions& options,
                                                      const PolicyLimits& limits) {
  absl::StatusOr<FairParams> params = ParamsFrom(options);
  if (!params.ok()) return params.status();
  return VruntimePolicy(*params, limits);
}

}  // namespace scxx
