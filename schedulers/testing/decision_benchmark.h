// SPDX-License-Identifier: Apache-2.0
//
// What a decision costs, as benchmarks of any policy that has Create(options, limits):
//
//   BENCHMARK_TEMPLATE(BM_Decide, MyPolicy)->Arg(10)->Arg(1'000)->Arg(100'000);   // runnable tasks
//   BENCHMARK_TEMPLATE(BM_Policy, MyPolicy)->Arg(10)->Arg(1'000)->Arg(100'000);
//
// BM_Decide is the whole way through the public API: an event in, the policy, a dispatch out.
// BM_Policy is the policy's part of it, with tasks that wait in no particular order.

#ifndef SCXX_SCHEDULERS_TESTING_DECISION_BENCHMARK_H_
#define SCXX_SCHEDULERS_TESTING_DECISION_BENCHMARK_H_

#include <cstdint>
#include <random>
#include <vector>

#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "framework/base/task_id.h"
#include "framework/base/units.h"
#include "framework/engine/engine.h"
#include "framework/machine/testing/loop_backend.h"
#include "framework/policy/policy.h"

namespace scxx {

inline PolicyLimits BenchmarkLimits(const benchmark::State& state) {
  return {.max_tasks = static_cast<uint32_t>(state.range(0)), .max_cpus = 8};
}

// `Wrapper` is what the engine holds the policy as: itself, or AnyPolicy.
template <typename P, typename Wrapper = P>
void BM_Decide(benchmark::State& state) {
  const PolicyLimits limits = BenchmarkLimits(state);
  LoopBackend backend(limits);
  Engine<Wrapper> engine(Wrapper(P::Create({}, limits).value()), backend, {});
  for (uint32_t i = 0; i < limits.max_tasks; ++i) engine.RunOnce();  // all tasks are known
  uint64_t before = engine.stats().decisions.value();
  for (auto _ : state) engine.RunOnce();
  state.SetItemsProcessed(static_cast<int64_t>(engine.stats().decisions.value() - before));
}

// One task at a time is taken, has run for a while, and waits again among all the others.
template <typename P>
void BM_Policy(benchmark::State& state) {
  const PolicyLimits limits = BenchmarkLimits(state);
  P policy = P::Create({}, limits).value();
  std::minstd_rand random;
  const auto some_time = [&] { return Micros(static_cast<int64_t>(random() % 4000)); };
  Context ctx;
  for (uint32_t slot = 0; slot < limits.max_tasks; ++slot) {
    policy.OnRunnable(ctx, {.task = {.slot = slot, .generation = 1}, .ran = some_time()});
  }
  std::vector<Dispatch> buffer(1);
  const std::vector<Nanos> usual_runs(limits.max_tasks, Nanos::Max());
  DispatchSink sink(absl::MakeSpan(buffer), Lookahead(Nanos::Zero(), usual_runs, 0));
  for (auto _ : state) {
    ctx.now += Micros(1);
    sink.Begin({.space = 1, .free_cpus = 1}, {});
    policy.Schedule(ctx, sink);
    policy.OnRunnable(ctx, {.task = buffer[0].task,
                            .reason = RunnableReason::kSliceEnd,
                            .ran = some_time(),
                            .ran_since_sleep = Millis(4)});
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace scxx

#endif  // SCXX_SCHEDULERS_TESTING_DECISION_BENCHMARK_H_
