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
    absl::StrAppend(&out, "<h3>", Escaped(workload.name), "</h3>\n<p>", Escaped(workload.what),
                    "</p>\n", curves);
  }
  return out;
}

std::string WorkloadList(const Results& results) {
  std::string out;
  for (const Workload& workload : results.workloads) {
    absl::StrAppend(&out, "<tr><td>", Escaped(workload.name), "</td><td>", Escaped(workload.what));
    if (!workload.load.empty()) {
      absl::StrAppend(&out, "<br><code>load ", Escaped(absl::StrJoin(workload.load, " ")),
                      "</code>");
    }
    out += "</td></tr>\n";
  }
  return out.empty() ? "" : absl::StrCat("<table>\n", out, "</table>\n");
}

constexpr char kGlossary[] =
    "<dl>\n"
    "<dt>cost</dt><dd>instructions (time, on a host) an operation, of the whole machine: the work, "
    "the kernel, the scheduler</dd>\n"
    "<dt>switches</dt><dd>context switches an operation, to a scheduler's own process too</dd>\n"
    "<dt>p50, p99, max</dt><dd>from the moment a task wanted to run until it did: what half of all "
    "waits, 99 % of them, and all of them stayed below, in microseconds</dd>\n"
    "<dt>unfairness</dt><dd>a task's CPU time against the share that its nice level is worth, the "
    "worst of them; 1 is exact</dd>\n"
    "<dt>gap</dt><dd>the longest time between two runs of a task that wants to run every few "
    "milliseconds</dd>\n"
    "<dt>outcome</dt><dd>whether the scheduler was still in charge at the end</dd>\n"
    "</dl>\n";

}  // namespace

std::string ToHtml(const Results& results, const Table& table) {
  const std::string& first = results.schedulers[0];
  return absl::StrCat(
      kHead, Introduction(results),
      Section("Ratios",
              absl::StrCat("Each figure divided by that of ", Escaped(first),
                           " in the same boot, the median of all boots. Bars to the left are "
                           "better, to the right worse; a step is a factor of two, and "
                           "a bar ends at 32x, where only its number goes on."),
              RatioBars(table)),
      Section("Latencies",
              "How long tasks waited from when they wanted to run. Read a curve at a time on the "
              "axis below: its height is the share of all waits that took longer, so 1 % is the "
              "p99. The lower and the farther left a curve, the better; both axes are "
              "logarithmic. All boots together.",
              Curves(results)),
      Section("All figures",
              absl::StrCat("The median of all boots, its ratio to ", Escaped(first),
                           ", and in brackets the worst boot."),
              TableHtml(results, table)),
      Section("What the figures are", "Less is better in each.", kGlossary),
      Section("The workloads", "And what the load program (tools/load) was told.",
              WorkloadList(results)),
      "</body>\n</html>\n");
}

}  // namespace scxx::bench
