// SPDX-License-Identifier: Apache-2.0
#include "framework/app/vm/choose_backend.h"

#include "framework/kernel/probe/environment.h"

namespace scxx {
namespace {

absl::StatusOr<BackendChoice> ChooseAuto(const absl::Status& environment) {
  if (environment.ok()) return BackendChoice{.kind = BackendKind::kKernel};
  if (IsCurable(environment)) return environment;
  return BackendChoice{.kind = BackendKind::kVm, .reason = ProblemOf(environment)};
}

}  // namespace

absl::StatusOr<BackendChoice> ChooseBackend(BackendKind asked, const absl::Status& environment) {
  switch (asked) {
    case BackendKind::kAuto:
      return ChooseAuto(environment);
    case BackendKind::kKernel:
      if (!environment.ok()) return environment;
      return BackendChoice{.kind = BackendKind::kKernel};
    case BackendKind::kVm:
      return BackendChoice{.kind = BackendKind::kVm};
    case BackendKind::kSim:
      break;
  }
  return BackendChoice{.kind = BackendKind::kSim};
}

}  // namespace scxx
