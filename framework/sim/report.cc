// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/stats/format.h"

namespace scxx::sim {
namespace {

// Of all CPU time of the run.
double ShareOf(Nanos time, const RunResult& result) {
  const double all = static_cast<double>(result.duration.count()) * result.cpus;
  return all == 0 ? 0 : 100.0 * static_cast<double>(time.count()) / all;
}

}  // namespace

std::string FormatTable(const RunResult& result) {
  std::string out =
      absl::StrFormat("%-12s %6s %7s %9s %9s %9s %9s %10s %10s\n", "group", "tasks", "cpu",
                      "wakeups", "p50", "p99", "max", "switches", "migrations");
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupStats& g = result.groups[i];
    absl::StrAppendFormat(&out, "%-12s %6d %6.1f%% %9d %9s %9s %9s %10d %10d\n", result.names[i],
                          g.tasks, ShareOf(g.cpu_time, result), g.wakeups,
                          FormatNanos(g.wakeup_latency.Percentile(50)),
                          FormatNanos(g.wakeup_latency.Percentile(99)), FormatNanos(g.max_latency),
                          g.switches, g.migrations);
  }
  absl::StrAppendFormat(&out, "agent: %.1f%% cpu, %d decisions, %d fallbacks\n",
                        ShareOf(result.agent_time, result), result.decisions, result.fallbacks);
  return out;
}

std::string FormatCsv(const RunResult& result) {
  std::string out = "seed,group,tasks,cpu_ns,wakeups,p50_ns,p99_ns,max_ns,switches,migrations\n";
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupStats& g = result.groups[i];
    absl::StrAppend(&out, result.seed, ",", result.names[i], ",", g.tasks, ",", g.cpu_time.count(),
                    ",", g.wakeups, ",", g.wakeup_latency.Percentile(50).count(), ",",
                    g.wakeup_latency.Percentile(99).count(), ",", g.max_latency.count(), ",",
                    g.switches, ",", g.migrations, "\n");
  }
  return out;
}

std::string FormatJson(const RunResult& result) {
  std::string out = absl::StrFormat(
      "{\"seed\": %d, \"hash\": \"%016x\", \"events\": %d, \"duration_ns\": %d, \"cpus\": %d, "
      "\"ok\": %s, \"decisions\": %d, \"fallbacks\": %d, \"groups\": [",
      result.seed, result.hash, result.events, result.duration.count(), result.cpus,
      result.ok() ? "true" : "false", result.decisions, result.fallbacks);
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupStats& g = result.groups[i];
    absl::StrAppendFormat(
        &out,
        "%s{\"name\": \"%s\", \"tasks\": %d, \"cpu_ns\": %d, \"wakeups\": %d, \"p50_ns\": %d, "
        "\"p99_ns\": %d, \"max_ns\": %d, \"switches\": %d, \"migrations\": %d}",
        i == 0 ? "" : ", ", result.names[i], g.tasks, g.cpu_time.count(), g.wakeups,
        g.wakeup_latency.Percentile(50).count(), g.wakeup_latency.Percentile(99).count(),
        g.max_latency.count(), g.switches, g.migrations);
  }
  absl::StrAppend(&out, "]}\n");
  return out;
}

}  // namespace scxx::sim
