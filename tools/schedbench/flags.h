// SPDX-License-Identifier: Apache-2.0
// The command line of schedbench.
#ifndef SCXX_TOOLS_SCHEDBENCH_FLAGS_H_
#define SCXX_TOOLS_SCHEDBENCH_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/schedbench/format.h"
#include "tools/schedbench/mode.h"

namespace scxx::bench {

struct Options {
  std::string schedulers = "eevdf,fifo,vruntime,latency";
  std::vector<std::string> peers;
  std::string workloads = "all";
  Mode mode = Mode::kExact;
  int seeds = 16;
  int first_seed = 1;
  int machines = 2;
  absl::Duration settle = absl::Seconds(4);
  std::string kernel;
  Format format = Format::kText;
  std::string out;   // Empty: standard output.
  std::string html;  // Empty: none.
  bool list = false;
};

Options OptionsFromFlags();

// InvalidArgument, one line with the flag and its range.
absl::Status Validate(const Options& options);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_FLAGS_H_
