// SPDX-License-Identifier: Apache-2.0
// Latency distributions as curves.
#ifndef SCXX_TOOLS_SCHEDBENCH_HTML_CURVES_H_
#define SCXX_TOOLS_SCHEDBENCH_HTML_CURVES_H_

#include <string>
#include <utility>
#include <vector>

#include "tools/schedbench/results.h"
#include "tools/schedbench/transcript.h"

namespace scxx::bench {

// The histograms of all boots together.
Buckets MergedHistogram(const Results& results, const std::string& scheduler,
                        const Workload& workload);

// (latency in us, share of all that took longer) for every bucket but the last, which nothing
// exceeds: there the curve ends.
std::vector<std::pair<double, double>> Tail(const Buckets& buckets);

// A picture: latency to the right, the share that took longer downwards, both logarithmic, so that
// the tail, which people feel, takes most of the room. "" when no scheduler has a histogram.
std::string LatencyCurves(const Results& results, const Workload& workload);

}  // namespace scxx::bench

#endif  // SCXX_TOOLS_SCHEDBENCH_HTML_CURVES_H_
