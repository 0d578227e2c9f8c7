// SPDX-License-Identifier: Apache-2.0
// How a boot comes about: in a virtual machine, or as a repeat on this one.
#ifndef SCXX_TOOLS_SCHEDBENCH_SETUP_H_
#define SCXX_TOOLS_SCHEDBENCH_SETUP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/schedbench/contenders.h"
#include "tools/schedbench/made_with.h"
#include "tools/schedbench/mode.h"
#include "tools/schedbench/plan.h"

namespace scxx::bench {

struct SetupOptions {
  Mode mode = Mode::kExact;
  std::vector<Contender> contenders;
  std::vector<Run> before;
  std::vector<Run> runs;
  absl::Duration settle;
  std::string kernel;  // Of a virtual machine; empty: the usual one.
};

struct Setup {
  std::function<absl::StatusOr<int>(uint64_t seed)> boot;  // See Boot in machine.h.
  MadeWith made_with;
};

// Both start nothing. Errors, each one line with its cure: what the machine or this host lacks.
absl::StatusOr<Setup> SetUpGuest(const SetupOptions& options);
absl::StatusOr<Setup> SetUpHost(const SetupOptions& options);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_SETUP_H_
