// SPDX-License-Identifier: Apache-2.0
//
// The cost of a decision through the public API: an event in, the policy, a dispatch out.
//
//   bazel run -c opt //schedulers/fifo:fifo_benchmark

#include <cstdint>

#include "benchmark/benchmark.h"
#include "framework/backend/loop_backend.h"
#include "framework/engine/engine.h"
#include "framework/policy/any_policy.h"
#include "framework/policy/policy.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx {
namespace {

template <typename P>
void Decide(benchmark::State& state) {
  PolicyLimits limits{.max_tasks = static_cast<uint32_t>(state.range(0)), .max_cpus = 8};
  LoopBackend backend(limits);
  Engine<P> engine(P(FifoPolicy::Create({}, limits).value()), backend, {});
  for (uint32_t i = 0; i < limits.max_tasks; ++i) engine.RunOnce();  // all tasks are known
  uint64_t before = engine.stats().decisions.value();
  for (auto _ : state) engine.RunOnce();
  state.SetItemsProcessed(static_cast<int64_t>(engine.stats().decisions.value() - before));
}
BENCHMARK_TEMPLATE(Decide, FifoPolicy)->Arg(10)->Arg(1'000)->Arg(100'000);
BENCHMARK_TEMPLATE(Decide, AnyPolicy)->Arg(1'000);

}  // namespace
}  // namespace scxx

BENCHMARK_MAIN();
