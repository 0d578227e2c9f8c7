// SPDX-License-Identifier: Apache-2.0
// All workloads by name, each with its default options.
#ifndef SCXX_TOOLS_LOAD_REGISTRY_H_
#define SCXX_TOOLS_LOAD_REGISTRY_H_

#include <memory>
#include <string>

#include "absl/types/span.h"
#include "tools/load/workload.h"

namespace scxx::load {

struct RegisteredWorkload {
  const char* summary;  // One line.
  std::unique_ptr<Workload> (*make)();
};

absl::Span<const RegisteredWorkload> AllWorkloads();

// Null when there is none of that name.
std::unique_ptr<Workload> MakeWorkload(const std::string& name);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_REGISTRY_H_
