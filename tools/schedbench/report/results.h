// SPDX-License-Identifier: Apache-2.0
// All that a comparison found, and what it was made with.
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_RESULTS_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_RESULTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tools/schedbench/boots/transcript.h"
#include "tools/schedbench/plan/mode.h"
#include "tools/schedbench/plan/suite.h"

namespace scxx::bench {

struct Results {
  Mode mode = Mode::kExact;
  std::vector<std::string> schedulers;  // The first is what the others are compared with.
  std::vector<Workload> workloads;
  std::vector<uint64_t> seeds;                                 // One a boot (or a repeat).
  std::vector<std::vector<RunResult>> boots;                   // As `seeds`.
  std::vector<std::pair<std::string, std::string>> made_with;  // "kernel" and so on, for people.

  // Null when that run did not take place.
  const RunResult* Find(size_t boot, const std::string& scheduler, const std::string& run) const;
};

// How a run ended, in a word or two: "ok", "stalled", "ejected", "detached" (as the fault wanted
// it), or why it failed.
std::string OutcomeOf(const RunResult& run, const Workload& workload);

// The same of all boots: "ok", or "15 of 16 ok, 1 of 16 stalled". "-" when there are none.
std::string OutcomeOf(const Results& results, const std::string& scheduler,
                      const Workload& workload);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_RESULTS_H_
