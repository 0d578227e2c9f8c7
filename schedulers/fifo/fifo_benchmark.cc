// SPDX-License-Identifier: Apache-2.0
//
//   bazel run //schedulers/fifo:fifo_benchmark

#include "benchmark/benchmark.h"
#include "framework/policy/any_policy.h"
#include "schedulers/fifo/fifo_policy.h"
#include "schedulers/testing/decision_benchmark.h"

namespace scxx {

BENCHMARK_TEMPLATE(BM_Decide, FifoPolicy)->Arg(8)->Arg(1'000)->Arg(10'000)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Decide, FifoPolicy, AnyPolicy)->Arg(1'000);

}  // namespace scxx

BENCHMARK_MAIN();
