// SPDX-License-Identifier: Apache-2.0
// What the driver does, in order: some runs under the kernel's own scheduler; then every scheduler
// in turn, and under each every run, beside which other programs may run.
#ifndef SCXX_TOOLS_SCHEDBENCH_PLAN_PLAN_H_
#define SCXX_TOOLS_SCHEDBENCH_PLAN_PLAN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace scxx::bench {

struct Scheduler {
  std::string name;                       // A column of the table.
  std::vector<std::string> command = {};  // Empty: the kernel's own, EEVDF.

  bool operator==(const Scheduler&) const = default;
};

struct Run {
  std::string name;               // Of the workload: rows of the table.
  std::vector<std::string> load;  // Arguments of the load program (tools/load).

  bool operator==(const Run&) const = default;
};

// A program that is started before every run and killed after it.
struct Companion {
  std::string name;
  std::vector<std::string> command;

  bool operator==(const Companion&) const = default;
};

struct Plan {
  std::vector<Run> before = {};
  std::vector<Scheduler> schedulers;
  std::vector<Companion> beside = {};
  std::vector<Run> runs;

  bool operator==(const Plan&) const = default;
};

// Stands in an argument of the load program for the process id of the scheduler's agent. Under the
// kernel's own scheduler there is none: arguments that begin with --fault are left out.
inline constexpr char kAgent[] = "{agent}";

// In a transcript, the scheduler of the runs before any.
inline constexpr char kNoScheduler[] = "none";

// The plan as command-line arguments, one per scheduler, per program beside, and per run:
//
//   "before probe idle"
//   "scheduler fifo /bin/fifo --backend=kernel"
//   "beside crowd /bin/load spin --tasks=300"
//   "run pairs pipe_pairs --pairs=4"
//
// InvalidArgument when a word contains a blank, which the encoding cannot carry.
absl::StatusOr<std::vector<std::string>> EncodePlan(const Plan& plan);
absl::StatusOr<Plan> DecodePlan(const std::vector<std::string>& arguments);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PLAN_PLAN_H_
