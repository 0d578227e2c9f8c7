// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/svg.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace scxx::bench {
namespace {

// Okabe and Ito's palette, without yellow, which is hard to see on white.
constexpr const char* kColors[] = {"#666666", "#0072b2", "#d55e00", "#009e73",
                                   "#cc79a7", "#56b4e9", "#e69f00"};

const char* AnchorName(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "start";
}

}  // namespace

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string ColorOf(size_t column) { return kColors[column % std::size(kColors)]; }

double LogScale::operator()(double value) const {
  const double share = std::log(std::clamp(value, low, high) / low) / std::log(high / low);
  return from + (to - from) * share;
}

std::vector<double> LogScale::Decades() const {
  std::vector<double> decades;
  for (int power = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
       std::pow(10, power) <= high * (1 + 1e-9); ++power) {
    decades.push_back(std::pow(10, power));
  }
  return decades;
}

std::string SvgText(double x, double y, absl::string_view text, Anchor anchor) {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
                         AnchorName(anchor), Escaped(text));
}

std::string SvgLine(double x1, double y1, double x2, double y2, absl::string_view style_class) {
  return absl::StrFormat("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n",
                         x1, y1, x2, y2, style_class);
}

std::string SvgRect(double x, double y, double width, double height, absl::string_view color) {
  return absl::StrFormat(
      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width,
      height, color);
}

std::string SvgPolyline(const std::vector<std::pair<double, double>>& points,
                        absl::string_view color) {
  std::string list;
  for (const auto& [x, y] : points) absl::StrAppendFormat(&list, "%.1f,%.1f ", x, y);
  if (!list.empty()) list.pop_back();
  return absl::StrFormat(
      "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", list, color);
}

std::string SvgLegend(double x, double y, const std::vector<std::string>& names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&out, SvgRect(x, y - 9, 10, 10, ColorOf(i)), SvgText(x + 14, y, names[i]));
    x += 30 + 7.5 * static_cast<double>(names[i].size());
  }
  return out;
}

std::string Svg(double width, double height, absl::string_view title, absl::string_view body) {
  return absl::StrFormat(
      "<svg viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" role=\"img\">\n<title>%s</title>\n%s</svg>\n",
      width, height, width, Escaped(title), body);
}

}  // namespace scxx::bench
