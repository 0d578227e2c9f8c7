// SPDX-License-Identifier: Apache-2.0
// The table and all that is behind it, for programs.
#ifndef SCXX_TOOLS_SCHEDBENCH_DATA_FORMAT_H_
#define SCXX_TOOLS_SCHEDBENCH_DATA_FORMAT_H_

#include <string>

#include "tools/schedbench/results.h"
#include "tools/schedbench/table.h"

namespace scxx::bench {

// A line per workload, metric and scheduler:
//
//   workload,metric,unit,scheduler,median,worst,ratio,worst_ratio,low,high,outcome
//
// What is absent is empty. What it was made with stands before, in lines that begin with '#'.
std::string ToCsv(const Results& results, const Table& table);

// One object: "mode", "made_with", "table" (workload, metric, scheduler), and "runs"
// (seed, scheduler, workload) with everything that the load program reported.
std::string ToJson(const Results& results, const Table& table);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_DATA_FORMAT_H_
