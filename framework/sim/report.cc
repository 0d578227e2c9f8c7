// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/stats/format.h"
#include "framework/stats/json_string.h"

namespace scxx::sim {
double ShareOf(Nanos time, const RunResult& result) {
  const double all = static_cast<double>(result.duration.count()) * result.cpus;
  return all == 0 ? 0 : 100.0 * static_cast<double>(time.count()) / all;
}

Nanos LatencyOf(const GroupStats& group, double percent) {
  return std::min(group.wakeup_latency.Percentile(percent), group.max_latency);
}

void Accumulate(const RunResult& run, RunResult* sum) {
  SCXX_CHECK(run.names == sum->names, "runs of different workloads have no sum");
  sum->events += run.events;
  sum->duration += run.duration;
  sum->agent_time += run.agent_time;
  sum->decisions += run.decisions;
  sum->fallbacks += run.fallbacks;
  sum->reclaimed += run.reclaimed;
  sum->longest_wait = std::max(sum->longest_wait, run.longest_wait);
  for (size_t i = 0; i < run.groups.size(); ++i) {
    const GroupStats& from = run.groups[i];
    GroupStats& to = sum->groups[i];
    to.tasks += from.tasks;
    to.cpu_time += from.cpu_time;
    to.wakeups += from.wakeups;
    to.wakeup_latency.Add(from.wakeup_latency);
    to.max_latency = std::max(to.max_latency, from.max_latency);
    to.switches += from.switches;
    to.migrations += from.migrations;
    to.cache_migrations += from.cache_migrations;
    to.shared_cores += from.shared_cores;
  }
}

std::string FormatTable(const RunResult& result) {
  std::string out =
      absl::StrFormat("%-12s %6s %7s %9s %9s %9s %9s %10s %10s %10s\n", "group", "tasks", "cpu",
                      "wakeups", "p50", "p99", "max", "switches", "migrations", "to caches");
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupStats& g = result.groups[i];
    absl::StrAppendFormat(&out, "%-12s %6d %6.1f%% %9d %9s %9s %9s %10d %10d %10d\n",
                          result.names[i], g.tasks, ShareOf(g.cpu_time, result), g.wakeups,
                          FormatNanos(LatencyOf(g, 50)), FormatNanos(LatencyOf(g, 99)),
                          FormatNanos(g.max_latency), g.switches, g.migrations, g.cache_migrations);
  }
  absl::StrAppendFormat(&out, "agent: %.1f%% cpu, %d decisions, %d fallbacks\n",
                        ShareOf(result.agent_time, result), result.decisions, result.fallbacks);
  return out;
}

std::string CsvHeader() {
  return "policy,seed,group,tasks,cpu_ns,wakeups,p50_ns,p99_ns,max_ns,switches,migrations,"
         "cache_migrations\n";
}

std::string FormatCsv(const RunResult& result) {
  std::string out;
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupStats& g = result.groups[i];
    absl::StrAppend(&out, result.policy, ",", result.seed, ",", result.names[i], ",", g.tasks, ",",
                    g.cpu_time.count(), ",", g.wakeups, ",", LatencyOf(g, 50).count(), ",",
                    LatencyOf(g, 99).count(), ",", g.max_latency.count(), ",", g.switches, ",",
                    g.migrations, ",", g.cache_migrations, "\n");
  }
  return out;
}

std::string FormatJson(const RunResult& result) {
  std::string out = absl::StrFormat(
      "{\"policy\": %s, \"seed\": %d, \"hash\": \"%016x\", \"events\": %d, \"duration_ns\": %d, "
      "\"cpus\": %d, \"ok\": %s, \"failure\": %s, \"decisions\": %d, \"fallbacks\": %d, "
      "\"agent_cpu_ns\": %d, \"longest_wait_ns\": %d, \"groups\": [",
      JsonString(result.policy), result.seed, result.hash, result.events, result.duration.count(),
      result.cpus, result.ok() ? "true" : "false", JsonString(result.failure), result.decisions,
      result.fallbacks, result.agent_time.count(), result.longest_wait.count());
  for (size_t i = 0; i < result.groups.size(); ++i) {
    const GroupStats& g = result.groups[i];
    absl::StrAppendFormat(
        &out,
        "%s{\"name\": %s, \"tasks\": %d, \"cpu_ns\": %d, \"wakeups\": %d, \"p50_ns\": %d, "
        "\"p99_ns\": %d, \"max_ns\": %d, \"switches\": %d, \"migrations\": %d, "
        "\"cache_migrations\": %d}",
        i == 0 ? "" : ", ", JsonString(result.names[i]), g.tasks, g.cpu_time.count(), g.wakeups,
        LatencyOf(g, 50).count(), LatencyOf(g, 99).count(), g.max_latency.count(), g.switches,
        g.migrations, g.cache_migrations);
  }
  absl::StrAppend(&out, "]}\n");
  return out;
}

}  // namespace scxx::sim
