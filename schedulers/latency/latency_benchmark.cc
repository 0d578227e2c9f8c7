// SPDX-License-Identifier: Apache-2.0
//
//   bazel run //schedulers/latency:latency_benchmark

#include "benchmark/benchmark.h"
#include "schedulers/latency/latency_policy.h"
#include "schedulers/testing/decision_benchmark.h"

namespace scxx {

BENCHMARK_TEMPLATE(BM_Decide, LatencyPolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Policy, LatencyPolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);

}  // namespace scxx

BENCHMARK_MAIN();
