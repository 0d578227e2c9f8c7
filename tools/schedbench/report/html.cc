// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/html.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/schedbench/report/format.h"
#include "tools/schedbench/report/svg.h"

namespace scxx::bench {

// ---- ratios ----

namespace {

constexpr double kBarsWidth = 760, kBarsLeft = 190, kBarsRight = kBarsWidth - 70;
constexpr double kBarsTop = 44, kBar = 14, kGap = 8;

// Beyond this a bar says no more than its number.
constexpr double kFarthest = 32;

bool HasRatios(const Row& row) {
  return std::any_of(row.cells.begin() + 1, row.cells.end(),
                     [](const Cell& cell) { return cell.ratio.has_value(); });
}

std::string Bar(const Cell& cell, const LogScale& x, double y, const std::string& color) {
  if (!cell.ratio.has_value()) return "";
  const double end = x(*cell.ratio), middle = x(1);
  const double left = std::min(end, middle), right = std::max(end, middle);
  return absl::StrCat(SvgRect(left, y, std::max(right - left, 1.0), kBar - 2, color),
                      SvgText(right + 4, y + kBar - 2, Ratio(*cell.ratio)));
}

std::string Group(const Row& row, const LogScale& x, double y) {
  std::string out =
      SvgText(kBarsLeft - 10, y + kBar, absl::StrCat(row.workload, " ", row.metric), Anchor::kEnd);
  for (size_t i = 1; i < row.cells.size(); ++i) {
    absl::StrAppend(&out, Bar(row.cells[i], x, y + kBar * static_cast<double>(i - 1), ColorOf(i)));
  }
  return out;
}

std::string Axis(const LogScale& x, double bottom, const std::string& first) {
  std::string out;
  for (double ratio = 1 / kFarthest; ratio <= kFarthest; ratio *= 2) {
    absl::StrAppend(&out,
                    SvgLine(x(ratio), kBarsTop - 8, x(ratio), bottom, ratio == 1 ? "axis" : "grid"),
                    SvgText(x(ratio), kBarsTop - 12, Ratio(ratio), Anchor::kMiddle));
  }
  return out + SvgText(x(1), bottom + 14, absl::StrCat("better than ", first, " | worse"),
                       Anchor::kMiddle);
}

}  // namespace

std::string RatioBars(const Table& table) {
  const LogScale x = {.low = 1 / kFarthest, .high = kFarthest, .from = kBarsLeft, .to = kBarsRight};
  std::string groups;
  double y = kBarsTop;
  for (const Row& row : table.rows) {
    if (!HasRatios(row)) continue;
    groups += Group(row, x, y);
    y += kBar * static_cast<double>(row.cells.size() - 1) + kGap;
  }
  if (groups.empty()) return "";
  return Svg(kBarsWidth, y + 24, "Ratios",
             absl::StrCat(Axis(x, y, table.schedulers[0]),
                          SvgLegend(kBarsLeft, 14, table.schedulers), groups));
}

// ---- latencies ----

namespace {

constexpr double kCurvesWidth = 640, kCurvesHeight = 300;
constexpr double kCurvesLeft = 60, kCurvesRight = kCurvesWidth - 30, kCurvesTop = 30,
                 kCurvesBottom = kCurvesHeight - 48;
constexpr double kRarest = 1e-4;

std::string Microseconds(double us) {
  if (us >= 1e6) return absl::StrFormat("%g s", us / 1e6);
  return us >= 1e3 ? absl::StrFormat("%g ms", us / 1e3) : absl::StrFormat("%g us", us);
}

// The decades around all latencies, so that every curve has room.
LogScale LatencyScale(const std::vector<Buckets>& all) {
  double low = 1e12, high = 1;
  for (const Buckets& buckets : all) {
    if (buckets.empty()) continue;
    low = std::min(low, static_cast<double>(buckets.front().first) / 1e3);
    high = std::max(high, static_cast<double>(buckets.back().first) / 1e3);
  }
  LogScale scale = {.low = 1, .high = 10, .from = kCurvesLeft, .to = kCurvesRight};
  while (scale.low * 10 <= low) scale.low *= 10;
  scale.high = scale.low * 10;
  while (scale.high < high) scale.high *= 10;
  return scale;
}

std::string Grid(const LogScale& x, const LogScale& y) {
  std::string out;
  for (const double us : x.Decades()) {
    absl::StrAppend(&out, SvgLine(x(us), kCurvesTop, x(us), kCurvesBottom, "grid"),
                    SvgText(x(us), kCurvesBottom + 16, Microseconds(us), Anchor::kMiddle));
  }
  absl::StrAppend(
      &out, SvgText(kCurvesRight, kCurvesBottom + 34, "waited for longer than this", Anchor::kEnd),
      SvgText(4, kCurvesTop - 14, "share of waits"));
  for (const double share : y.Decades()) {
    absl::StrAppend(&out, SvgLine(kCurvesLeft, y(share), kCurvesRight, y(share), "grid"),
                    SvgText(kCurvesLeft - 6, y(share) + 4, absl::StrFormat("%g %%", share * 100),
                            Anchor::kEnd));
  }
  return out;
}

// From where all took longer to where none did.
std::string Curve(const Buckets& buckets, const LogScale& x, const LogScale& y,
                  const std::string& color) {
  if (buckets.empty()) return "";
  std::vector<std::pair<double, double>> points = {
      {x(static_cast<double>(buckets.front().first) / 1e3), y(1)}};
  for (const auto& [us, share] : Tail(buckets)) points.emplace_back(x(us), y(share));
  points.emplace_back(x(static_cast<double>(buckets.back().first) / 1e3), kCurvesBottom);
  return SvgPolyline(points, color);
}

}  // namespace

Buckets MergedHistogram(const Results& results, const std::string& scheduler,
                        const Workload& workload) {
  std::map<int64_t, int64_t> merged;
  for (size_t boot = 0; boot < results.boots.size(); ++boot) {
    const RunResult* run = results.Find(boot, scheduler, workload.name);
    if (run == nullptr) continue;
    for (const auto& [end, count] : run->Histogram(workload.histogram)) merged[end] += count;
  }
  return Buckets(merged.begin(), merged.end());
}

std::vector<std::pair<double, double>> Tail(const Buckets& buckets) {
  int64_t left = 0;
  for (const auto& [end, count] : buckets) left += count;
  const double total = static_cast<double>(left);
  std::vector<std::pair<double, double>> tail;
  for (const auto& [end, count] : buckets) {
    left -= count;
    if (left > 0) {
      tail.emplace_back(static_cast<double>(end) / 1e3, static_cast<double>(left) / total);
    }
  }
  return tail;
}

std::string LatencyCurves(const Results& results, const Workload& workload) {
  std::vector<Buckets> all;
  for (const std::string& scheduler : results.schedulers) {
    all.push_back(MergedHistogram(results, scheduler, workload));
  }
  if (std::all_of(all.begin(), all.end(), [](const Buckets& b) { return b.empty(); })) return "";
  const LogScale x = LatencyScale(all);
  const LogScale y = {.low = kRarest, .high = 1, .from = kCurvesBottom, .to = kCurvesTop};
  std::string body = Grid(x, y);
  for (size_t i = 0; i < all.size(); ++i) {
    absl::StrAppend(&body, Curve(all[i], x, y, ColorOf(i)));
  }
  absl::StrAppend(&body, SvgLegend(kCurvesLeft + 60, 16, results.schedulers));
  return Svg(kCurvesWidth, kCurvesHeight,
             absl::StrCat(workload.name, ": share of waits that were longer"), body);
}

// ---- the page ----

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
