// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/data_format.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/load/record.h"

namespace scxx::bench {
namespace {

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

}  // namespace scxx::bench
