// SPDX-License-Identifier: Apache-2.0

#include "framework/stats/format.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace scxx {
namespace {

// The value in the largest unit that keeps it at 1 or more, with three significant digits.
// Thresholds sit where rounding would show four ("1000us").
struct Unit {
  double size;
  const char* name;
};

std::string Scale(double value, const Unit* units, int nr_units) {
  int i = 0;
  while (i + 1 < nr_units && value >= units[i + 1].size * 0.9995) ++i;
  double scaled = value / units[i].size;
  if (i == 0) return absl::StrFormat("%.0f%s", scaled, units[i].name);
  int decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f%s", decimals, scaled, units[i].name);
}

}  // namespace

std::string FormatNanos(Nanos duration) {
  static constexpr Unit kUnits[] = {{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}};
  if (duration < Nanos::Zero()) return absl::StrCat("-", FormatNanos(-duration));
  return Scale(static_cast<double>(duration.count()), kUnits, 4);
}

std::string FormatCount(double count) {
  static constexpr Unit kUnits[] = {{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}};
  return Scale(count, kUnits, 4);
}

}  // namespace scxx
