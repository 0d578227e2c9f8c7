// SPDX-License-Identifier: Apache-2.0
//
// Faults as people write them:
//
//   none                              nothing goes wrong
//   all                               all that a scheduler should live through, at usual rates
//   stop_agent,nice=2ms               these; a time is the mean between two of a kind
//   all,stop_agent=0,event_ring=4     all but one, and event rings of four entries

#ifndef SCXX_TOOLS_SCHEDSIM_FAULTS_FLAG_H_
#define SCXX_TOOLS_SCHEDSIM_FAULTS_FLAG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/sim/faults.h"

namespace scxx {

// InvalidArgument, one line, with what was expected.
absl::StatusOr<sim::FaultRates> ParseFaults(absl::string_view text);

// For --help: the faults that have a name.
std::string FaultsHelp();

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_FAULTS_FLAG_H_
