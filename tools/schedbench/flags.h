// SPDX-License-Identifier: Apache-2.0
//
// The command line of schedbench: what its flags say, and whether they go together.
//
//   absl::StatusOr<ParsedFlags> parsed = ParseFlags(arguments);
//   const Options options = OptionsFromFlags();
//   if (const absl::Status status = Validate(options); !status.ok()) ...
#ifndef SCXX_TOOLS_SCHEDBENCH_FLAGS_H_
#define SCXX_TOOLS_SCHEDBENCH_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/schedbench/plan/mode.h"
#include "tools/schedbench/report/format.h"

namespace scxx::bench {

struct Options {
  std::string schedulers = "eevdf,fifo,vruntime,latency";
  std::vector<std::string> peers;
  std::string workloads = "all";
  bool reliability = false;  // Hard loads instead of workloads.
  std::string rows = "all";  // Which.
  std::vector<std::string> with;
  Mode mode = Mode::kExact;
  int seeds = 16;
  int first_seed = 1;
  int machines = 0;  // 0: as many as the mode allows.
  absl::Duration settle = absl::Seconds(4);
  int possible = 0;  // CPUs with those that could be plugged in; 0: none could.
  std::string kernel;
  Format format = Format::kText;
  std::string out;   // Empty: standard output.
  std::string html;  // Empty: none.
  bool check = false;
  bool update = false;
  std::string baseline;  // Empty: the tree's.
  bool list = false;
};

Options OptionsFromFlags();

// At the same time: `machines`, or two where they cannot disturb each other.
int MachinesOf(const Options& options);

// InvalidArgument, one line: a flag that is out of its range, or that does not go with another.
absl::Status Validate(const Options& options);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_FLAGS_H_
