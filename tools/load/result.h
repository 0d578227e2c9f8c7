// SPDX-License-Identifier: Apache-2.0
// What a run of a load found. All times are of CLOCK_MONOTONIC.
#ifndef SCXX_TOOLS_LOAD_RESULT_H_
#define SCXX_TOOLS_LOAD_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/units.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "tools/load/latency_histogram.h"
#include "tools/load/record.h"
#include "tools/load/task.h"

namespace scxx::load {

// All tasks of one class ("hog", "sender", ...) together.
struct ClassResult {
  std::string name;
  int tasks = 0;
  int unfinished = 0;  // Had not ended when the run gave up on them.
  int64_t ops = 0;
  int64_t min_ops = 0;  // Of the task that did the fewest.
  int64_t max_ops = 0;
  Nanos max_gap;     // Longest time any of them went without a sign of progress.
  Nanos max_wait;    // The same, but counted from when it wanted to run, not from its last sign.
  SchedUsage usage;  // Of those that finished.
  LatencyHistogram latency;  // What it measures is the workload's to say; empty when nothing.
};

// What an injected fault did (see fault.h).
struct FaultResult {
  std::string kind;
  int64_t target_pid = 0;
  Nanos at;  // From the start of the run.
  Nanos lasting;
  bool happened = false;  // False when the run ended before.
};

struct LoadResult {
  std::string workload;
  std::string unit;  // Of one operation: "message", "round trip", "fork", ...
  std::vector<std::pair<std::string, std::string>> options;
  bool stalled = false;  // The run hit its limit, or tasks did not end when asked to.
  Nanos wall;  // From the opened gate to the last operation, or to the end of the duration.
  int64_t ops = 0;
  std::vector<ClassResult> classes;
  int64_t machine_switches = 0;         // Of the whole machine, during the run.
  std::optional<int64_t> instructions;  // Of the load's own tasks, kernel included; hardware only.
  SchedExtState before;
  SchedExtState after;
  std::optional<FaultResult> fault;
  std::vector<std::pair<std::string, double>> figures;  // The workload's own.

  const ClassResult* FindClass(const std::string& name) const;  // Null when there is none.
  std::optional<double> FindFigure(const std::string& name) const;
  Nanos per_op() const { return ops == 0 ? Nanos() : wall / ops; }
  Nanos max_gap() const;
  Nanos max_wait() const;
  // A scheduler was attached, detached, replaced or ejected during the run.
  bool sched_ext_changed() const;
};

Record ToRecord(const LoadResult& result);

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_RESULT_H_
