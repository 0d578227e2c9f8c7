// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/html/bars.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "tools/schedbench/figures.h"
#include "tools/schedbench/html/svg.h"

namespace scxx::bench {
namespace {

constexpr double kWidth = 760, kLeft = 190, kRight = kWidth - 70;
constexpr double kTop = 44, kBar = 14, kGap = 8;

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
      SvgText(kLeft - 10, y + kBar, absl::StrCat(row.workload, " ", row.metric), Anchor::kEnd);
  for (size_t i = 1; i < row.cells.size(); ++i) {
    absl::StrAppend(&out, Bar(row.cells[i], x, y + kBar * static_cast<double>(i - 1), ColorOf(i)));
  }
  return out;
}

std::string Axis(const LogScale& x, double bottom, const std::string& first) {
  std::string out;
  for (double ratio = 1 / kFarthest; ratio <= kFarthest; ratio *= 2) {
    absl::StrAppend(&out,
                    SvgLine(x(ratio), kTop - 8, x(ratio), bottom, ratio == 1 ? "axis" : "grid"),
                    SvgText(x(ratio), kTop - 12, Ratio(ratio), Anchor::kMiddle));
  }
  return out + SvgText(x(1), bottom + 14, absl::StrCat("better than ", first, " | worse"),
                       Anchor::kMiddle);
}

}  // namespace

std::string RatioBars(const Table& table) {
  const LogScale x = {.low = 1 / kFarthest, .high = kFarthest, .from = kLeft, .to = kRight};
  std::string groups;
  double y = kTop;
  for (const Row& row : table.rows) {
    if (!HasRatios(row)) continue;
    groups += Group(row, x, y);
    y += kBar * static_cast<double>(row.cells.size() - 1) + kGap;
  }
  if (groups.empty()) return "";
  return Svg(kWidth, y + 24, "Ratios",
             absl::StrCat(Axis(x, y, table.schedulers[0]), SvgLegend(kLeft, 14, table.schedulers),
                          groups));
}

}  // namespace scxx::bench
