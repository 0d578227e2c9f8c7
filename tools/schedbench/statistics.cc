// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace scxx::bench {

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double Worst(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}

// Of n values, as many lie below the median as heads fall in n throws of a coin. `skip` is how many
// may be cut off at either end so that what is cut has a probability of 2.5 % or less.
Interval MedianInterval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  double chance = std::pow(0.5, n);  // Of exactly `skip` heads.
  double tail = chance;              // Of at most as many.
  size_t skip = 0;
  while (tail <= 0.025) {
    ++skip;
    chance *= static_cast<double>(n - skip + 1) / static_cast<double>(skip);
    tail += chance;
  }
  const size_t cut = skip == 0 ? 0 : skip - 1;
  return {values[cut], values[n - 1 - cut]};
}

}  // namespace scxx::bench
