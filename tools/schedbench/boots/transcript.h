// SPDX-License-Identifier: Apache-2.0
// What the driver in the guest writes, read back. A transcript is, for every run of the plan,
//
//   @run SCHEDULER RUN
//   key=value                what the load program printed (--format=full)
//   ...
//   @end EXITCODE [ERROR]
#ifndef SCXX_TOOLS_SCHEDBENCH_BOOTS_TRANSCRIPT_H_
#define SCXX_TOOLS_SCHEDBENCH_BOOTS_TRANSCRIPT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace scxx::bench {

// (upper end in ns, count), ascending.
using Buckets = std::vector<std::pair<int64_t, int64_t>>;

struct RunResult {
  std::string scheduler;
  std::string run;
  int exit_code = 0;
  std::string error = {};  // Its last words, when it had any.
  std::map<std::string, std::string> values = {};

  std::string Text(const std::string& key) const;  // "" when there is none.
  std::optional<double> Number(const std::string& key) const;
  Buckets Histogram(const std::string& key) const;  // Of lists like "1000:3,2000:1".
};

// All runs, in order. DataLoss when the last one did not end, or a line is not as above.
absl::StatusOr<std::vector<RunResult>> ParseTranscript(absl::string_view text);

// How many runs have ended in the transcript so far.
int CountEnded(absl::string_view text);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_BOOTS_TRANSCRIPT_H_
