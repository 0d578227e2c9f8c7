// SPDX-License-Identifier: Apache-2.0
//
// What hard loads did to schedulers, as a table: a row per load, a column per scheduler.
//
//   ReliabilityResults results = {.schedulers = {"eevdf", "fifo"}, ...};
//   results.rows.push_back({load, {JudgeTrial(eevdf_boot, load), JudgeTrial(fifo_boot, load)}});
//   std::fputs(ToMarkdown(results).c_str(), stdout);
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_RELIABILITY_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_RELIABILITY_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/schedbench/boots/setup.h"
#include "tools/schedbench/boots/transcript.h"
#include "tools/schedbench/plan/hard_loads.h"

namespace scxx::bench {

// One load under one scheduler.
struct Trial {
  std::string trouble = "";  // "ejected: ...", or why it did not run; "": all is well.
  std::optional<absl::Duration> free_gap = {};    // The longest, of tasks that may run anywhere.
  std::optional<absl::Duration> pinned_gap = {};  // The same of pinned tasks.
  std::optional<double> share = {};               // Of all CPUs, of HardLoad::share_of.
  std::string fallbacks = "";                     // "" when unknown, or none.
};

struct ReliabilityRow {
  HardLoad load;
  std::vector<Trial> trials;  // As the schedulers.
};

struct ReliabilityResults {
  std::vector<std::string> schedulers;
  std::vector<ReliabilityRow> rows;
  MadeWith made_with;
};

// A gap beyond this is a defect of the scheduler: under the kernel's own, with a real-time task on
// the CPU, a pinned task waits for nearly a second.
inline constexpr absl::Duration kLongestGap = absl::Milliseconds(1250);

// `boot` is the transcript's of the boot in which the scheduler met the load, or its error.
Trial JudgeTrial(const absl::StatusOr<std::vector<RunResult>>& boot, const HardLoad& load);

// Of the kernel's log, "" when no scheduler was ejected:
// "task[85] failed to run for 5.1s" of "sched_ext: BPF scheduler "fifo" disabled (runnable task
// stall) | sched_ext: fifo: task[85] failed to run for 5.1s".
std::string EjectionIn(absl::string_view log);

// In bold what ended badly or took longer than kLongestGap.
std::string ToMarkdown(const ReliabilityResults& results);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_RELIABILITY_H_
