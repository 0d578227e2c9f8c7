// SPDX-License-Identifier: Apache-2.0
// Pieces of SVG and HTML text.
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_SVG_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_SVG_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace scxx::bench {

// With the characters that mean something in HTML written out.
std::string Escaped(absl::string_view text);

// The colour of the scheduler in a column: tells them apart for colour-blind readers, too.
std::string ColorOf(size_t column);

// Values from `low` to `high`, both above zero, on pixels, logarithmically; others are clamped.
struct LogScale {
  double low, high;
  double from, to;  // Pixels of low and high.

  double operator()(double value) const;
  std::vector<double> Decades() const;  // The powers of ten within.
};

enum class Anchor { kStart, kMiddle, kEnd };

std::string SvgText(double x, double y, absl::string_view text, Anchor anchor = Anchor::kStart);
std::string SvgLine(double x1, double y1, double x2, double y2, absl::string_view style_class);
std::string SvgRect(double x, double y, double width, double height, absl::string_view color);
std::string SvgPolyline(const std::vector<std::pair<double, double>>& points,
                        absl::string_view color);

// Coloured names in a row, starting at x.
std::string SvgLegend(double x, double y, const std::vector<std::string>& names);

// A whole picture, readable by screen readers through its title.
std::string Svg(double width, double height, absl::string_view title, absl::string_view body);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_SVG_H_
