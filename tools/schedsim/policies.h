// SPDX-License-Identifier: Apache-2.0
//
// The policies that schedsim knows by name, with their default options. A new scheduler is one line
// in policies.cc.

#ifndef SCXX_TOOLS_SCHEDSIM_POLICIES_H_
#define SCXX_TOOLS_SCHEDSIM_POLICIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/sim/simulation.h"

namespace scxx {

// NotFound lists the names.
absl::StatusOr<sim::SimulatedPolicy> FindPolicy(absl::string_view name);
std::vector<std::string> PolicyNames();

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_POLICIES_H_
