// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/text_format.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/schedbench/figures.h"

namespace scxx::bench {
namespace {

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

}  // namespace scxx::bench
