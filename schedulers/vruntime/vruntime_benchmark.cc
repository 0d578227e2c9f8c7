// SPDX-License-Identifier: Apache-2.0
//
//   bazel run //schedulers/vruntime:vruntime_benchmark

#include "benchmark/benchmark.h"
#include "schedulers/testing/decision_benchmark.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {

BENCHMARK_TEMPLATE(BM_Decide, VruntimePolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Policy, VruntimePolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);

}  // namespace scxx

BENCHMARK_MAIN();
