// SPDX-License-Identifier: Apache-2.0
//
// What schedsim prints, run by run: the seed first, the verdict last.
//
//   text   on standard output, with a table of all runs, a column a policy if there are several
//   csv    a header, then a line a task group of each run; seed and verdict on standard error
//   json   a line, an object, a run; the same
//
// A run that failed is reported at once: its last records, what was violated, and the command that
// repeats it.

#ifndef SCXX_TOOLS_SCHEDSIM_OUTPUT_H_
#define SCXX_TOOLS_SCHEDSIM_OUTPUT_H_

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

}  // namespace scxx

#endif  // SCXX_TOOLS_SCHEDSIM_OUTPUT_H_
