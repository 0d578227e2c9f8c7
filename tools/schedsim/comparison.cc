// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/comparison.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/stats/format.h"

namespace scxx {
namespace {

using sim::GroupStats;
using sim::RunResult;

struct Figure {
  const char* name;
  std::string (*text)(const RunResult& run, const GroupStats& group);
};

constexpr Figure kFigures[] = {
    {"cpu",
     [](const RunResult& run, const GroupStats& g) {
       return absl::StrFormat("%.1f%%", sim::ShareOf(g.cpu_time, run));
     }},
    {"wakeups", [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.wakeups); }},
    {"p50",
     [](const RunResult&, const GroupStats& g) { return FormatNanos(sim::LatencyOf(g, 50)); }},
    {"p99",
     [](const RunResult&, const GroupStats& g) { return FormatNanos(sim::LatencyOf(g, 99)); }},
    {"max", [](const RunResult&, const GroupStats& g) { return FormatNanos(g.max_latency); }},
    {"switches", [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.switches); }},
    {"migrations",
     [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.migrations); }},
    {"to caches",
     [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.cache_migrations); }},
};

void AppendLine(const std::string& group, const std::string& figure,
                const std::vector<std::string>& cells, std::string* out) {
  absl::StrAppendFormat(out, "%-12s %-10s", group, figure);
  for (const std::string& cell : cells) absl::StrAppendFormat(out, " %10s", cell);
  absl::StrAppend(out, "\n");
}

}  // namespace

std::string FormatComparison(const std::vector<RunResult>& runs) {
  std::string out;
  std::vector<std::string> cells;
  for (const RunResult& run : runs) cells.push_back(run.policy);
  AppendLine("group", "figure", cells, &out);
  for (size_t group = 0; group < runs.front().groups.size(); ++group) {
    for (const Figure& figure : kFigures) {
      cells.clear();
      for (const RunResult& run : runs) cells.push_back(figure.text(run, run.groups[group]));
      const bool first = &figure == &kFigures[0];
      AppendLine(first ? runs.front().names[group] : "", figure.name, cells, &out);
    }
  }
  cells.clear();
  for (const RunResult& run : runs) {
    cells.push_back(absl::StrFormat("%.1f%%", sim::ShareOf(run.agent_time, run)));
  }
  AppendLine("agent", "cpu", cells, &out);
  return out;
}

}  // namespace scxx
