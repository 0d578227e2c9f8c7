// SPDX-License-Identifier: Apache-2.0
//
//   bazel run //schedulers/vruntime:vruntime_benchmark

#include "benchmark/benchmark.h"
#include "schedulers/testing/channel_cycle_benchmark.h"
#include "schedulers/testing/cycle_benchmark.h"
#include "schedulers/testing/decision_benchmark.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {

BENCHMARK_TEMPLATE(BM_Decide, VruntimePolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Policy, VruntimePolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);

BENCHMARK_TEMPLATE(BM_Cycle, VruntimePolicy)->ArgsProduct({{8, 64, 256}, {0, 4}});
BENCHMARK_TEMPLATE(BM_Full, VruntimePolicy)->Apply(CpusAndSets);
BENCHMARK_TEMPLATE(BM_NotYet, VruntimePolicy)->Apply(CpusAndSets);
BENCHMARK_TEMPLATE(BM_OneIsFree, VruntimePolicy)->Apply(CpusAndSets);

}  // namespace scxx

BENCHMARK_MAIN();
