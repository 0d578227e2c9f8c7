// SPDX-License-Identifier: Apache-2.0
//
// The results as a table: a row per workload and metric, a column per scheduler, and in each cell
// what all boots together say.
//
//   const Table table = MakeTable(results);
//   table.rows[0].cells[1].ratio;   // Of the second scheduler to the first.
//
// Units: as Row::unit says.
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_TABLE_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_TABLE_H_

#include <optional>
#include <string>
#include <vector>

#include "tools/schedbench/plan/mode.h"
#include "tools/schedbench/report/results.h"

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

// ---- the statistics in a cell; none of these takes an empty vector ----

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

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_TABLE_H_
