// SPDX-License-Identifier: Apache-2.0
//
// Where a scheduler runs, decided from what was asked for and what the machine can do.

#ifndef SCXX_FRAMEWORK_APP_VM_CHOOSE_BACKEND_H_
#define SCXX_FRAMEWORK_APP_VM_CHOOSE_BACKEND_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/app/options.h"

namespace scxx {

struct BackendChoice {
  BackendKind kind = BackendKind::kKernel;  // kKernel, kVm or kSim
  // Why it is a virtual machine although that was not asked for; else empty.
  std::string reason = {};
};

// `environment` is CheckEnvironment()'s answer. Errors, to be shown as they are: it, where the
// kernel was asked for, or where `auto` finds something that the user can cure.
absl::StatusOr<BackendChoice> ChooseBackend(BackendKind asked, const absl::Status& environment);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_APP_VM_CHOOSE_BACKEND_H_
