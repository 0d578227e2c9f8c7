// SPDX-License-Identifier: Apache-2.0
// The comparison: a row a workload and metric, a column a scheduler.
#ifndef SCXX_TOOLS_SCHEDBENCH_TABLE_H_
#define SCXX_TOOLS_SCHEDBENCH_TABLE_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/schedbench/mode.h"
#include "tools/schedbench/results.h"

namespace scxx::bench {

// Over all boots. The ratios are to the first scheduler in the same boot, and absent where that is
// zero or has no such figure; the absolute figures are absent where the mode cannot measure them.
struct Cell {
  std::optional<double> median;
  std::optional<double> worst;
  std::optional<double> ratio;  // The median of the boots' ratios.
  std::optional<double> worst_ratio;
  double low = 0, high = 0;  // Confidence interval of the median.
  std::string outcome;       // Of a row of outcomes; then there is no figure.
};

struct Row {
  std::string workload;
  std::string metric;
  std::string unit;
  std::optional<Quantity> quantity;  // None: a row of outcomes.
  std::vector<Cell> cells;           // One a scheduler.
};

struct Table {
  std::vector<std::string> schedulers;
  std::vector<Row> rows;
};

// Every figure that the mode can measure; the outcomes of all faults, and of whatever did not end
// well everywhere.
Table MakeTable(const Results& results);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_TABLE_H_
