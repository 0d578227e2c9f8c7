// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/figures.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace scxx::bench {

std::string Figure(double value) {
  if (value == 0) return "0";
  const int whole_digits = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  return absl::StrFormat("%.*f", std::clamp(4 - whole_digits, 0, 6), value);
}

std::string Ratio(double value) { return absl::StrFormat("%.*fx", value < 100 ? 2 : 0, value); }

}  // namespace scxx::bench
