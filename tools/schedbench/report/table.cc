// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace scxx::bench {
namespace {

std::string UnitOf(Mode mode, const Workload& workload, const Metric& metric) {
  switch (metric.quantity) {
    case Quantity::kCost:
      return absl::StrCat(mode == Mode::kExact ? "instructions" : "ns", "/", workload.unit);
    case Quantity::kCount:
      return absl::StrCat("/", workload.unit);
    case Quantity::kLatency:
    case Quantity::kGap:
    case Quantity::kTime:
      return "us";
    case Quantity::kFairness:
      return "x";
  }
  return "";
}

double Scale(Quantity quantity) {
  const bool time =
      quantity == Quantity::kLatency || quantity == Quantity::kGap || quantity == Quantity::kTime;
  return time ? 1e-3 : 1;
}

class RowMaker {
 public:
  RowMaker(const Results& results, const Workload& workload, const Metric& metric)
      : results_(results), workload_(workload), metric_(metric) {}

  Row Make() const {
    Row row = {workload_.name,
               metric_.name,
               UnitOf(results_.mode, workload_, metric_),
               metric_.quantity,
               {}};
    for (const std::string& scheduler : results_.schedulers) row.cells.push_back(Of(scheduler));
    return row;
  }

 private:
  // A run that failed has no figure: what it did manage is no measurement.
  std::optional<double> Value(size_t boot, const std::string& scheduler) const {
    const RunResult* run = results_.Find(boot, scheduler, workload_.name);
    if (run == nullptr || run->exit_code != 0) return std::nullopt;
    const std::optional<double> value = run->Number(metric_.key);
    return value.has_value() ? std::optional(*value * Scale(metric_.quantity)) : std::nullopt;
  }

  Cell Of(const std::string& scheduler) const {
    std::vector<double> values, ratios;
    for (size_t boot = 0; boot < results_.boots.size(); ++boot) {
      const std::optional<double> value = Value(boot, scheduler);
      const std::optional<double> base = Value(boot, results_.schedulers[0]);
      if (!value.has_value()) continue;
      values.push_back(*value);
      if (base.has_value() && *base > 0) ratios.push_back(*value / *base);
    }
    Cell cell;
    if (!values.empty() && Measures(results_.mode, metric_.quantity) == Measured::kYes) {
      cell.median = Median(values);
      cell.worst = Worst(values);
      const Interval interval = MedianInterval(values);
      cell.low = interval.low;
      cell.high = interval.high;
    }
    if (!ratios.empty()) {
      cell.ratio = Median(ratios);
      cell.worst_ratio = Worst(ratios);
    }
    return cell;
  }

  const Results& results_;
  const Workload& workload_;
  const Metric& metric_;
};

Row OutcomeRow(const Results& results, const Workload& workload) {
  Row row = {workload.name, "outcome", "", std::nullopt, {}};
  for (const std::string& scheduler : results.schedulers) {
    row.cells.emplace_back().outcome = OutcomeOf(results, scheduler, workload);
  }
  return row;
}

bool AllWell(const Row& outcomes) {
  return std::all_of(outcomes.cells.begin(), outcomes.cells.end(),
                     [](const Cell& cell) { return cell.outcome == "ok" || cell.outcome == "-"; });
}

}  // namespace

Table MakeTable(const Results& results) {
  Table table = {results.schedulers, {}};
  for (const Workload& workload : results.workloads) {
    for (const Metric& metric : workload.metrics) {
      if (Measures(results.mode, metric.quantity) == Measured::kNo) continue;
      table.rows.push_back(RowMaker(results, workload, metric).Make());
    }
    Row outcomes = OutcomeRow(results, workload);
    if (workload.group == "faults" || !AllWell(outcomes)) table.rows.push_back(std::move(outcomes));
  }
  return table;
}

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
