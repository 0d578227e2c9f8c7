// SPDX-License-Identifier: Apache-2.0
//
// A topology as people write it: "4" is four CPUs that share a cache, "2x1x4x2" two nodes of one
// cache of four cores of two threads.

#ifndef SCXX_TOOLS_SCHEDSIM_TOPOLOGY_FLAG_H_
#define SCXX_TOOLS_SCHEDSIM_TOPOLOGY_FLAG_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/topology/topology.h"

namespace scxx {

// InvalidArgument with what was expected.
absl::StatusOr<TopologySpec> ParseTopology(absl::string_view text);

inline int CpusOf(const TopologySpec& spec) {
  return spec.nodes * spec.llcs_per_node * spec.cores_per_llc * spec.threads_per_core;
}

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_TOPOLOGY_FLAG_H_
