// SPDX-License-Identifier: Apache-2.0
//
// The policies that can be simulated are those of the schedulers that are linked: all of
// schedulers/list.bzl, with the flags that their programs have. A name may be followed by flags of
// its own, each after a plus sign:
//
//   vruntime             as the scheduler of that name, with the flags of the command line
//   vruntime+nodomains   the same with --nodomains
//   fifo+slice=2ms
//
// Not thread-safe: it sets flags, and puts them back.

#ifndef SCXX_TOOLS_SCHEDSIM_POLICIES_H_
#define SCXX_TOOLS_SCHEDSIM_POLICIES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/sim/simulation.h"

namespace scxx {

// `arguments`: the command line, which comes after a policy's defaults and before its own flags.
// NotFound lists the names; InvalidArgument is what the scheduler would say of its options.
absl::StatusOr<sim::SimulatedPolicy> FindPolicy(absl::string_view spec,
                                                const std::vector<std::string>& arguments = {});
std::vector<std::string> PolicyNames();

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_POLICIES_H_
