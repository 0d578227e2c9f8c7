// SPDX-License-Identifier: Apache-2.0
//
// What a run has shown, as people read it: a table with a line a task group.

#ifndef SCXX_FRAMEWORK_SIM_REPORT_H_
#define SCXX_FRAMEWORK_SIM_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/units.h"
#include "framework/sim/load/population.h"
#include "framework/sim/load/workload.h"

namespace scxx::sim {

struct RunResult {
  std::string policy;
  uint64_t seed = 0;
  uint64_t hash = 0;
  uint64_t events = 0;
  Nanos duration = {};  // that passed
  int cpus = 0;
  std::vector<std::string> names;  // of the groups
  std::vector<GroupStats> groups;
  Nanos agent_time = {};  // CPU time of the agent
  uint64_t decisions = 0;
  uint64_t fallbacks = 0;
  uint64_t reclaimed = 0;    // tasks that the lease took back from the agent
  uint64_t attachments = 0;  // of the dispatcher: one, and one for each that hotplug has ended
  Nanos longest_wait = {};   // of a runnable task, if checked: the watchdog's headroom
  // Stretches of time over which shares were compared, for a policy that promises them.
  uint64_t fair_stretches = 0;
  // What went wrong, first, and the records that led to it; empty: nothing.
  std::string failure;
  std::vector<std::string> last_records;

  bool ok() const { return failure.empty(); }
};

// Adds what another run of the same workload and policy has shown: totals, and wakeup latencies of
// both. Seed, hash and failure stay.
void Accumulate(const RunResult& run, RunResult* sum);

// Of all CPU time of the run, in per cent.
double ShareOf(Nanos time, const RunResult& result);
// Of a group's wakeup latencies; never above its maximum, though histograms are coarse.
Nanos LatencyOf(const GroupStats& group, double percent);

std::string FormatTable(const RunResult& result);
// A line a group, in the columns that CsvHeader names.
std::string CsvHeader();
std::string FormatCsv(const RunResult& result);
// One line, so that the output of several runs is a line each.
std::string FormatJson(const RunResult& result);

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_REPORT_H_
