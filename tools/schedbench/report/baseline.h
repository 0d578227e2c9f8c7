// SPDX-License-Identifier: Apache-2.0
//
// What a comparison found once, kept as data, and what has become worse since (--check, --update).
//
//   std::string report;                                       // What to tell people.
//   absl::Status status = CheckAgainst(BaselineToRead(), results, report);
//   status = UpdateBaseline(BaselineToWrite(), results);      // After a change that is meant.
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_BASELINE_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_BASELINE_H_

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/schedbench/report/results.h"

namespace scxx::bench {

// As a file:
//   # kernel 7.3.4                 what the figures depend on
//   # seeds 1 to 2
//   workload,metric,scheduler,value
//   pipe_pairs_4,cost,fifo,7206
//   pipe_pairs_4,outcome,fifo,ok
struct Baseline {
  using Key = std::tuple<std::string, std::string, std::string>;  // Workload, metric, scheduler.

  std::vector<std::pair<std::string, std::string>> made_with;
  std::map<Key, std::string> values;
};

// Costs and outcomes: what is the same in every run of the same programs.
Baseline BaselineOf(const Results& results);

absl::StatusOr<Baseline> ParseBaseline(absl::string_view text);
std::string PrintBaseline(const Baseline& baseline);

// `now` with what `old` has besides, if they were made with the same; else `now` alone.
Baseline Merge(const Baseline& old, const Baseline& now);

struct Verdict {
  std::vector<std::string> failures;  // A line each.
  std::vector<std::string> notes;
  int compared = 0;
};

// A failure is a cost that rose by more than 2 %, an outcome that changed, or a figure that has no
// baseline. Where kernel, QEMU, compiler or seeds are others, costs cannot be compared: a note.
Verdict Compare(const Baseline& old, const Baseline& now);

// ---- files ----

// The baselines in the tree: found beside the program for reading, in the workspace of `bazel run`
// for writing ("" when this program was not started so).
std::string BaselineToRead();
std::string BaselineToWrite();

// Aborted when something is worse than the baseline in `file`, a line a failure; then or not,
// `report` is what to tell people. NotFound when there is no such file.
absl::Status CheckAgainst(const std::string& file, const Results& results, std::string& report);

// Writes the results over those of the same workloads and schedulers in `file`, which may be new.
absl::Status UpdateBaseline(const std::string& file, const Results& results);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_BASELINE_H_
