// SPDX-License-Identifier: Apache-2.0
//
// The report with plots: one file that needs nothing else and runs no scripts, for readers who were
// not there.
//
//   std::ofstream("report.html") << ToHtml(results, MakeTable(results));
//
// Its two kinds of plots are pictures in SVG, which can be made alone.
#ifndef SCXX_TOOLS_SCHEDBENCH_REPORT_HTML_H_
#define SCXX_TOOLS_SCHEDBENCH_REPORT_HTML_H_

#include <string>
#include <utility>
#include <vector>

#include "tools/schedbench/boots/transcript.h"
#include "tools/schedbench/plan/suite.h"
#include "tools/schedbench/report/results.h"
#include "tools/schedbench/report/table.h"

namespace scxx::bench {

std::string ToHtml(const Results& results, const Table& table);

// Ratios to the first scheduler as bars: a group of them per row that has ratios, a bar per
// scheduler but the first, from 1 to the left when it is better and to the right when it is worse,
// logarithmically: twice and half are equally long. "" when there are none.
std::string RatioBars(const Table& table);

// Latency distributions as curves: latency to the right, the share that took longer downwards, both
// logarithmic, so that the tail, which people feel, takes most of the room. "" when no scheduler
// has a histogram.
std::string LatencyCurves(const Results& results, const Workload& workload);

// The histograms of all boots together.
Buckets MergedHistogram(const Results& results, const std::string& scheduler,
                        const Workload& workload);

// (latency in us, share of all that took longer) for every bucket but the last, which nothing
// exceeds: there the curve ends.
std::vector<std::pair<double, double>> Tail(const Buckets& buckets);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_REPORT_HTML_H_
