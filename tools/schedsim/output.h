// SPDX-License-Identifier: Apache-2.0
//
// What schedsim prints, run by run: the seed first, the verdict last.
//
//   text   on standard output, with a table of all runs, a column per policy if there are several
//   csv    a header, then a line per task group of each run; seed and verdict on standard error
//   json   a line per run, which is an object; the same
//
// A run that failed is reported at once: its last records, what was violated, and the command that
// repeats it.
//
//   Output output(OutputFormat::kText, std::cout, std::cerr);
//   output.Begin("seed 1: 4 CPUs");
//   RunCounter counter(policies.size(), isatty(STDERR_FILENO) != 0);
//   for (const auto& policy : policies) {
//     output.Add(sim::RunSimulation(options, policy), "bazel run ...");
//     counter.Show(output.runs(), output.failed());
//   }
//   counter.Clear();
//   output.End(/*with_table=*/true);

#ifndef SCXX_TOOLS_SCHEDSIM_OUTPUT_H_
#define SCXX_TOOLS_SCHEDSIM_OUTPUT_H_

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/sim/report.h"

namespace scxx {

enum class OutputFormat { kText, kCsv, kJson };

absl::StatusOr<OutputFormat> ParseFormat(absl::string_view text);

class Output {
 public:
  // The streams must outlive this.
  Output(OutputFormat format, std::ostream& out, std::ostream& errors)
      : format_(format), out_(out), notes_(format == OutputFormat::kText ? out : errors) {}

  void Begin(absl::string_view what);
  // `command` repeats the run.
  void Add(const sim::RunResult& result, absl::string_view command);
  // The table needs runs of one workload.
  void End(bool with_table);

  uint64_t runs() const { return runs_; }
  uint64_t failed() const { return failed_; }

 private:
  void AddToSums(const sim::RunResult& result);

  const OutputFormat format_;
  std::ostream& out_;
  std::ostream& notes_;
  uint64_t runs_ = 0;
  uint64_t failed_ = 0;
  uint64_t events_ = 0;
  uint64_t hash_ = 0;
  std::vector<sim::RunResult> sums_;  // a policy each
};

// Policies side by side: a line per figure of each task group, a column per policy. `runs` are of
// one workload, one at least.
//
//   group        figure           fifo   vruntime
//   ui           cpu              2.1%       2.4%
//                p99            9.81ms      410us
std::string FormatComparison(const std::vector<sim::RunResult>& runs);

// A line about how far many runs are, on standard error: rewritten in place on a terminal, else a
// new one every ten seconds. Short programs print none.
class RunCounter {
 public:
  RunCounter(uint64_t runs, bool terminal) : runs_(runs), terminal_(terminal) {}

  void Show(uint64_t done, uint64_t failed);
  void Clear();  // leaves the terminal's line empty

  // "137 of 1000 runs, 0 failed, 12 s left"
  std::string Text(uint64_t done, uint64_t failed, std::chrono::milliseconds elapsed) const;

 private:
  using Clock = std::chrono::steady_clock;

  const uint64_t runs_;
  const bool terminal_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point shown_ = start_;
};

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_OUTPUT_H_
