// SPDX-License-Identifier: Apache-2.0
// A small made-up comparison for tests of what prints one.
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_SAMPLE_RESULTS_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_SAMPLE_RESULTS_H_

#include "tools/schedbench/report/results.h"

namespace scxx::bench {

// Schedulers eevdf and mine; seeds 1 to 3; workloads "pairs" (cost: eevdf 100, 200, 400, mine half
// of it in each boot) and "hogs" (p99: eevdf 8,000 to 10,000 ns, mine 4,000 ns; a histogram).
Results SampleResults();

// The run of a scheduler and workload in a boot, to be changed.
RunResult& RunOf(Results& results, size_t boot, const std::string& scheduler,
                 const std::string& run);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_SAMPLE_RESULTS_H_
