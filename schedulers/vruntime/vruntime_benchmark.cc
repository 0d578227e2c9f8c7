// SPDX-License-Identifier: Apache-2.0
//
// The cost of a decision: an event in, the policy, a dispatch out. Decide is the whole way through
// the engine; Policy is the policy's part of it, with tasks that wait in no particular order.
//
//   bazel run -c opt //schedulers/vruntime:vruntime_benchmark

#include <cstdint>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "framework/backend/loop_backend.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/engine/engine.h"
#include "framework/policy/policy.h"
#include "schedulers/vruntime/vruntime_policy.h"

namespace scxx {
namespace {

PolicyLimits LimitsOf(const benchmark::State& state) {
  return {.max_tasks = static_cast<uint32_t>(state.range(0)), .max_cpus = 8};
}

void Decide(benchmark::State& state) {
  const PolicyLimits limits = LimitsOf(state);
  LoopBackend backend(limits);
  Engine<VruntimePolicy> engine(VruntimePolicy::Create({}, limits).value(), backend, {});
  for (uint32_t i = 0; i < limits.max_tasks; ++i) engine.RunOnce();  // all tasks are known
  uint64_t before = engine.stats().decisions.value();
  for (auto _ : state) engine.RunOnce();
  state.SetItemsProcessed(static_cast<int64_t>(engine.stats().decisions.value() - before));
}
BENCHMARK(Decide)->Arg(10)->Arg(1'000)->Arg(100'000);

// One task at a time is taken, has run for a while, and waits again among all the others.
void Policy(benchmark::State& state) {
  const PolicyLimits limits = LimitsOf(state);
  VruntimePolicy policy = VruntimePolicy::Create({}, limits).value();
  std::minstd_rand random;
  Context ctx;
  for (uint32_t slot = 0; slot < limits.max_tasks; ++slot) {
    policy.OnRunnable(ctx, {.task = {.slot = slot, .generation = 1},
                            .ran = Micros(static_cast<int64_t>(random() % 4000))});
  }
  std::vector<Dispatch> buffer(1);
  const std::vector<Nanos> usual_runs(limits.max_tasks, Nanos::Max());
  for (auto _ : state) {
    ctx.now += Micros(1);
    DispatchSink sink({.buffer = absl::MakeSpan(buffer),
                       .any = {.space = 1, .free_cpus = 1},
                       .usual_run = usual_runs});
    policy.Schedule(ctx, sink);
    policy.OnRunnable(ctx, {.task = buffer[0].task,
                            .reason = RunnableReason::kSliceEnd,
                            .ran = Micros(static_cast<int64_t>(random() % 4000)),
                            .ran_since_sleep = Millis(4)});
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Policy)->Arg(10)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace scxx

BENCHMARK_MAIN();
