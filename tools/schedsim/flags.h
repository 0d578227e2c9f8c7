// SPDX-License-Identifier: Apache-2.0
//
// Values of schedsim's flags as people write them. A topology:
//
//   4                                 four CPUs that share a cache
//   2x1x4x2                           two nodes of one cache of four cores of two threads
//
// Faults:
//
//   none                              nothing goes wrong
//   all                               all that a scheduler should live through, at usual rates
//   stop_agent,nice=2ms               these; a time is the mean between two of a kind
//   all,stop_agent=0,event_ring=4     all but one, and event rings of four entries
//
// Errors: InvalidArgument, one line, with the flag and what was expected.

#ifndef SCXX_TOOLS_SCHEDSIM_FLAGS_H_
#define SCXX_TOOLS_SCHEDSIM_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/sim/faults.h"
#include "framework/topology/topology.h"

namespace scxx {

absl::StatusOr<TopologySpec> ParseTopology(absl::string_view text);

inline int CpusOf(const TopologySpec& spec) {
  return spec.nodes * spec.llcs_per_node * spec.cores_per_llc * spec.threads_per_core;
}

absl::StatusOr<sim::FaultRates> ParseFaults(absl::string_view text);

// For --help: the faults that have a name.
std::string FaultsHelp();

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_FLAGS_H_
