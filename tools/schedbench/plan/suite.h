// SPDX-License-Identifier: Apache-2.0
// The workloads of a comparison, and which of their figures the table shows.
#ifndef SCXX_TOOLS_SCHEDBENCH_PLAN_SUITE_H_
#define SCXX_TOOLS_SCHEDBENCH_PLAN_SUITE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/schedbench/plan/mode.h"
#include "tools/schedbench/plan/plan.h"

namespace scxx::bench {

// One figure of a run. Of every figure here less is better.
struct Metric {
  std::string name;  // "p99"
  std::string key;   // In the load program's record.
  Quantity quantity;
};

struct Workload {
  std::string name;
  std::string group;  // "cost", "latency", "shares", "faults"
  std::string unit;   // What an operation is.
  std::vector<std::string> load;
  std::vector<Metric> metrics;
  std::string histogram = "";   // Key of the latencies that the report draws; "" when none.
  bool expects_detach = false;  // The fault ends the scheduler.
  std::string what = "";        // A sentence for people who do not know the load program.
};

const std::vector<Workload>& Suite();

// Not a load: the driver reports it of every scheduler that it started.
inline constexpr char kAttachRun[] = "attach";

// Of names or groups, or "all", separated by commas, each once, in the suite's order.
// InvalidArgument names one that is unknown, and lists the known; or, of a workload named by
// itself, says that `mode` can measure nothing of it.
absl::StatusOr<std::vector<Workload>> ChooseWorkloads(const std::string& names, Mode mode);

// What the guest runs for them. (The driver attaches and detaches by itself.)
std::vector<Run> RunsOf(const std::vector<Workload>& workloads);

// "name  what it is" lines, for people.
std::string DescribeSuite();

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_PLAN_SUITE_H_
