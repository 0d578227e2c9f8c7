// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/html/page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/schedbench/figures.h"
#include "tools/schedbench/html/bars.h"
#include "tools/schedbench/html/curves.h"
#include "tools/schedbench/html/svg.h"

namespace scxx::bench {
namespace {

constexpr char kHead[] = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Schedulers compared</title>
<style>
body { font: 15px/1.45 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
table { border-collapse: collapse; font-size: 13px; }
th, td { border-bottom: 1px solid #ddd; padding: 3px 10px; text-align: right; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
.worst { color: #777; }
svg { max-width: 100%; height: auto; font: 12px sans-serif; }
.grid { stroke: #e4e4e4; } .axis { stroke: #444; }
</style>
</head>
<body>
)";

std::string Section(absl::string_view title, absl::string_view text, absl::string_view body) {
  if (body.empty()) return "";
  return absl::StrCat("<h2>", title, "</h2>\n<p>", text, "</p>\n", body);
}

std::string ModeInWords(Mode mode) {
  switch (mode) {
    case Mode::kExact:
      return "on one emulated CPU whose clock counts instructions: a nanosecond is one. The same "
             "seed and image give the same figures on any machine, so small differences are real; "
             "caches and other CPUs are not part of the picture.";
    case Mode::kExact2:
      return "on two emulated CPUs that run in turns, where only counts mean anything.";
    case Mode::kConcurrent:
      return "on two emulated CPUs that run at once on a noisy host: only ratios within a boot "
             "mean anything.";
    case Mode::kHost:
      return "on the host's own kernel, repeated and interleaved.";
  }
  return "";
}

std::string Introduction(const Results& results) {
  std::string out = absl::StrCat(
      "<h1>Schedulers compared</h1>\n<p>", Escaped(absl::StrJoin(results.schedulers, ", ")),
      ": the same work under each in turn, in ", results.boots.size(), " boots, ",
      ModeInWords(results.mode), " Less is better in every figure.</p>\n<table>\n");
  for (const auto& [name, value] : results.made_with) {
    absl::StrAppend(&out, "<tr><td>", Escaped(name), "</td><td>", Escaped(value), "</td></tr>\n");
  }
  return out + "</table>\n";
}

std::string CellHtml(const Cell& cell, bool first, bool several) {
  if (!cell.outcome.empty()) return Escaped(cell.outcome);
  if (!cell.median.has_value() && !cell.ratio.has_value()) return "-";
  std::string out;
  if (cell.median.has_value()) out = Figure(*cell.median);
  if (!first && cell.ratio.has_value()) absl::StrAppend(&out, " <b>", Ratio(*cell.ratio), "</b>");
  if (several && cell.worst.has_value() && cell.median.has_value()) {
    absl::StrAppend(&out, " <span class=\"worst\">[", Figure(*cell.worst), "]</span>");
  }
  return out;
}

std::string TableHtml(const Results& results, const Table& table) {
  std::string out = "<table>\n<tr><th>workload</th><th>metric</th><th>unit</th>";
  for (const std::string& scheduler : table.schedulers) {
    absl::StrAppend(&out, "<th>", Escaped(scheduler), "</th>");
  }
  out += "</tr>\n";
  for (const Row& row : table.rows) {
    absl::StrAppend(&out, "<tr><td>", Escaped(row.workload), "</td><td>", Escaped(row.metric),
                    "</td><td>", Escaped(row.unit), "</td>");
    for (size_t i = 0; i < row.cells.size(); ++i) {
      absl::StrAppend(&out, "<td>", CellHtml(row.cells[i], i == 0, results.boots.size() > 1),
                      "</td>");
    }
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

std::string Curves(const Results& results) {
  std::string out;
  if (Measures(results.mode, Quantity::kLatency) == Measured::kNo) return out;
  for (const Workload& workload : results.workloads) {
    const std::string curves = LatencyCurves(results, workload);
    if (curves.empty()) continue;
    absl::StrAppend(&out, "<h3>", Escaped(workload.name), "</h3>\n<p><code>load ",
                    Escaped(absl::StrJoin(workload.load, " ")), "</code></p>\n", curves);
  }
  return out;
}

std::string WorkloadList(const Results& results) {
  std::string out;
  for (const Workload& workload : results.workloads) {
    if (workload.load.empty()) continue;
    absl::StrAppend(&out, "<tr><td>", Escaped(workload.name), "</td><td><code>load ",
                    Escaped(absl::StrJoin(workload.load, " ")), "</code></td></tr>\n");
  }
  return out.empty() ? "" : absl::StrCat("<table>\n", out, "</table>\n");
}

}  // namespace

std::string ToHtml(const Results& results, const Table& table) {
  const std::string& first = results.schedulers[0];
  return absl::StrCat(
      kHead, Introduction(results),
      Section("Ratios",
              absl::StrCat("Each figure divided by that of ", Escaped(first),
                           " in the same boot, the median of all boots. Bars to the left are "
                           "better, to the right worse; a step is a factor of two."),
              RatioBars(table)),
      Section("Latencies",
              "How long tasks waited from when they wanted to run. A point says which share of all "
              "waits was longer than that: the lower and the farther left a curve ends, the "
              "better. All boots together.",
              Curves(results)),
      Section("All figures",
              absl::StrCat("The median of all boots, its ratio to ", Escaped(first),
                           ", and in brackets the worst boot."),
              TableHtml(results, table)),
      Section("The workloads", "What the load program was told; its README says what each does.",
              WorkloadList(results)),
      "</body>\n</html>\n");
}

}  // namespace scxx::bench
