// SPDX-License-Identifier: Apache-2.0
// What several boots or repeats say together.
#ifndef SCXX_TOOLS_SCHEDBENCH_STATISTICS_H_
#define SCXX_TOOLS_SCHEDBENCH_STATISTICS_H_

#include <vector>

namespace scxx::bench {

// None of these takes an empty vector.

// The middle value, or the mean of the two in the middle.
double Median(std::vector<double> values);

double Worst(const std::vector<double>& values);  // The greatest: less is better.

// In which the true median lies with at least 95 % probability, whatever the distribution: from
// order statistics. With fewer than 6 values no interval has that, and it is all of them.
struct Interval {
  double low = 0;
  double high = 0;
};
Interval MedianInterval(std::vector<double> values);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_STATISTICS_H_
