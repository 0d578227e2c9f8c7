// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/format.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/load/record.h"

namespace scxx::bench {
namespace {

constexpr std::pair<Format, const char*> kNames[] = {{Format::kText, "text"},
                                                     {Format::kMarkdown, "markdown"},
                                                     {Format::kCsv, "csv"},
                                                     {Format::kJson, "json"}};

// ---- text ----

using Line = std::vector<std::string>;

std::string Or(const std::optional<double>& value, std::string (*print)(double)) {
  return value.has_value() ? print(*value) : "-";
}

// What stands in brackets: how bad it may get, or on the host how sure the median is.
std::string Brackets(const Cell& cell, Mode mode) {
  if (!cell.median.has_value()) return absl::StrCat("[", Or(cell.worst_ratio, Ratio), "]");
  if (mode != Mode::kHost) return absl::StrCat("[", Or(cell.worst, Figure), "]");
  return absl::StrCat("[", Figure(cell.low), " to ", Figure(cell.high), "]");
}

// "8679 1.02x [8702]": median, ratio, worst. Of ratios alone: "1.02x [1.10x]".
std::string CellText(const Cell& cell, bool first, bool several, Mode mode) {
  if (!cell.outcome.empty()) return cell.outcome;
  if (!cell.median.has_value() && !cell.ratio.has_value()) return "-";
  Line parts;
  if (cell.median.has_value()) parts.push_back(Figure(*cell.median));
  if (!first) parts.push_back(Or(cell.ratio, Ratio));
  if (several) parts.push_back(Brackets(cell, mode));
  return absl::StrJoin(parts, " ");
}

std::vector<Line> Lines(const Results& results, const Table& table) {
  std::vector<Line> lines = {{"workload", "metric", "unit"}};
  lines[0].insert(lines[0].end(), table.schedulers.begin(), table.schedulers.end());
  for (const Row& row : table.rows) {
    Line& line = lines.emplace_back(Line{row.workload, row.metric, row.unit});
    for (size_t i = 0; i < row.cells.size(); ++i) {
      line.push_back(CellText(row.cells[i], i == 0, results.boots.size() > 1, results.mode));
    }
  }
  return lines;
}

std::string Legend(const Results& results) {
  const std::string ratio = absl::StrCat("ratio to ", results.schedulers[0]);
  const std::string boots = absl::StrCat(results.boots.size(), " seeds");
  if (results.boots.size() == 1) return absl::StrCat("One seed: the figure, and its ", ratio, ".");
  if (results.mode == Mode::kHost) {
    return absl::StrCat("Median of ", results.boots.size(), " repeats, its ", ratio,
                        ", [95 % confidence interval].");
  }
  return absl::StrCat("Median of ", boots, ", its ", ratio, ", [worst of ", boots, "].");
}

std::string MadeWith(const Results& results) {
  return absl::StrJoin(results.made_with, "; ", [](std::string* out, const auto& pair) {
    absl::StrAppend(out, pair.first, " ", pair.second);
  });
}

// ---- data ----

using load::Record;

std::string Number(const std::optional<double>& value) {
  return value.has_value() ? absl::StrFormat("%.10g", *value) : "";
}

std::string Quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

void AddIfAny(const char* name, const std::optional<double>& value, Record& record) {
  if (value.has_value()) record.Add(name, *value);
}

void AddCell(const Cell& cell, Record& record) {
  AddIfAny("median", cell.median, record);
  AddIfAny("worst", cell.worst, record);
  AddIfAny("ratio", cell.ratio, record);
  AddIfAny("worst_ratio", cell.worst_ratio, record);
  if (cell.median.has_value()) {
    record.Add("low", cell.low);
    record.Add("high", cell.high);
  }
  if (!cell.outcome.empty()) record.Add("outcome", cell.outcome);
}

void AddTable(const Table& table, Record& out) {
  std::map<std::string, Record*> workloads;
  for (const Row& row : table.rows) {
    Record*& workload = workloads[row.workload];
    if (workload == nullptr) workload = &out.AddRecord(row.workload);
    Record& metric = workload->AddRecord(row.metric);
    metric.Add("unit", row.unit);
    for (size_t i = 0; i < row.cells.size(); ++i) {
      AddCell(row.cells[i], metric.AddRecord(table.schedulers[i]));
    }
  }
}

void AddRun(const RunResult& run, Record& out) {
  out.Add("exit_code", run.exit_code);
  if (!run.error.empty()) out.Add("error", run.error);
  for (const auto& [key, value] : run.values) out.Add(key, value);
}

void AddBoot(const std::vector<RunResult>& runs, Record& out) {
  std::map<std::string, Record*> schedulers;
  for (const RunResult& run : runs) {
    Record*& scheduler = schedulers[run.scheduler];
    if (scheduler == nullptr) scheduler = &out.AddRecord(run.scheduler);
    AddRun(run, scheduler->AddRecord(run.run));
  }
}

}  // namespace

std::string ToText(const Results& results, const Table& table) {
  const std::vector<Line> lines = Lines(results, table);
  std::vector<size_t> widths(lines[0].size(), 0);
  for (const Line& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string out;
  for (const Line& line : lines) {
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text.append(widths[i] + 2 - line[i].size(), ' ');
    }
    absl::StrAppend(&out, text, "\n");
  }
  return absl::StrCat(out, "\n", Legend(results), " Less is better everywhere.\n",
                      MadeWith(results), "\n");
}

std::string ToMarkdown(const Results& results, const Table& table) {
  std::string out;
  const std::vector<Line> lines = Lines(results, table);
  for (size_t i = 0; i < lines.size(); ++i) {
    absl::StrAppend(&out, "| ", absl::StrJoin(lines[i], " | "), " |\n");
    if (i > 0) continue;
    absl::StrAppend(&out, "|", absl::StrJoin(Line(lines[0].size(), " --- "), "|"), "|\n");
  }
  return absl::StrCat(out, "\n", Legend(results), " Less is better everywhere.\n\n",
                      MadeWith(results), "\n");
}

std::string ToCsv(const Results& results, const Table& table) {
  std::string out = absl::StrCat("# mode ", AbslUnparseFlag(results.mode), "\n");
  for (const auto& [name, value] : results.made_with) {
    absl::StrAppend(&out, "# ", name, " ", value, "\n");
  }
  out += "workload,metric,unit,scheduler,median,worst,ratio,worst_ratio,low,high,outcome\n";
  for (const Row& row : table.rows) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const bool figure = cell.median.has_value();
      const std::string columns[] = {row.workload,
                                     row.metric,
                                     row.unit,
                                     table.schedulers[i],
                                     Number(cell.median),
                                     Number(cell.worst),
                                     Number(cell.ratio),
                                     Number(cell.worst_ratio),
                                     figure ? Number(cell.low) : "",
                                     figure ? Number(cell.high) : "",
                                     Quoted(cell.outcome)};
      absl::StrAppend(&out, absl::StrJoin(columns, ","), "\n");
    }
  }
  return out;
}

std::string ToJson(const Results& results, const Table& table) {
  Record out;
  out.Add("mode", AbslUnparseFlag(results.mode));
  Record& made_with = out.AddRecord("made_with");
  for (const auto& [name, value] : results.made_with) made_with.Add(name, value);
  AddTable(table, out.AddRecord("table"));
  Record& runs = out.AddRecord("runs");
  for (size_t boot = 0; boot < results.boots.size(); ++boot) {
    AddBoot(results.boots[boot], runs.AddRecord(absl::StrCat("seed ", results.seeds[boot])));
  }
  return out.ToJson() + "\n";
}

std::string Print(Format format, const Results& results, const Table& table) {
  switch (format) {
    case Format::kText:
      return ToText(results, table);
    case Format::kMarkdown:
      return ToMarkdown(results, table);
    case Format::kCsv:
      return ToCsv(results, table);
    case Format::kJson:
      return ToJson(results, table);
  }
  return "";
}

bool AbslParseFlag(absl::string_view text, Format* format, std::string* error) {
  for (const auto& [value, name] : kNames) {
    *format = value;
    if (text == name) return true;
  }
  *error = "it must be text, markdown, csv or json";
  return false;
}

std::string AbslUnparseFlag(Format format) {
  for (const auto& [value, name] : kNames) {
    if (value == format) return name;
  }
  return "";
}

std::string Figure(double value) {
  if (value == 0) return "0";
  const int whole_digits = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  return absl::StrFormat("%.*f", std::clamp(4 - whole_digits, 0, 6), value);
}

std::string Ratio(double value) { return absl::StrFormat("%.*fx", value < 100 ? 2 : 0, value); }

}  // namespace scxx::bench
