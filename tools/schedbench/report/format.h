// SPDX-License-Identifier: Apache-2.0
//
// The table as text: for a terminal, for a page, or as data for other programs. html.h has the
// report with plots.
//
//   std::fputs(Print(Format::kText, results, MakeTable(results)).c_str(), stdout);
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_FORMAT_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/schedbench/report/results.h"
#include "tools/schedbench/report/table.h"

namespace scxx::bench {

enum class Format { kText, kMarkdown, kCsv, kJson };

std::string Print(Format format, const Results& results, const Table& table);

// The table for a terminal, in columns, with what it was made with and how to read it.
std::string ToText(const Results& results, const Table& table);

// The same for a page.
std::string ToMarkdown(const Results& results, const Table& table);

// A line per workload, metric and scheduler:
//
//   workload,metric,unit,scheduler,median,worst,ratio,worst_ratio,low,high,outcome
//
// What is absent is empty. What it was made with stands before, in lines that begin with '#'.
std::string ToCsv(const Results& results, const Table& table);

// One object: "mode", "made_with", "table" (workload, metric, scheduler), and "runs"
// (seed, scheduler, workload) with everything that the load program reported.
std::string ToJson(const Results& results, const Table& table);

// About four digits: "8679", "745.5", "1.067", "0.0312"; large ones whole: "47710207".
std::string Figure(double value);

std::string Ratio(double value);  // "0.85x"

// Abseil's flags: "text", "markdown", "csv", "json".
bool AbslParseFlag(absl::string_view text, Format* format, std::string* error);
std::string AbslUnparseFlag(Format format);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_FORMAT_H_
