// SPDX-License-Identifier: Apache-2.0
//
// How fast the simulator is, under fifo, with checkers and without: events of its agenda (a burst
// of CPU time ends, a sleep is over, a tick, a kick, the dispatcher's timer) and callbacks of
// sched_ext_ops, a second of one core.
//
//   bazel run -c opt //framework/sim:simulation_benchmark
//
// Args: CPUs, tasks. Half of the tasks are pairs that pass a message to and fro, half run and
// sleep.

#include <cstdint>

#include "benchmark/benchmark.h"

#include "framework/base/check.h"
#include "framework/sim/simulation.h"
#include "schedulers/fifo/fifo_policy.h"

namespace scxx::sim {
namespace {

// What a run should have to be worth measuring: setting it up takes some milliseconds.
constexpr uint64_t kEvents = 1'000'000;

SimulatedPolicy Fifo() { return Simulated<FifoPolicy>(); }

Workload Mix(int tasks) {
  const int pipes = tasks / 4 * 2;
  return {.groups = {
              {.name = "pipe",
               .count = pipes,
               .in_pairs = true,
               .steps = {Run(Micros(5)), Post(PostTo::kPartner), Wait()}},
              {.name = "burst",
               .count = tasks - pipes,
               .steps = {Run(Micros(20), Micros(100)), Sleep(Micros(200), Millis(2))}},
          }};
}

SimulationOptions Options(const benchmark::State& state, bool check) {
  const auto tasks = static_cast<int>(state.range(1));
  return {.topology = {.cores_per_llc = static_cast<int>(state.range(0))},
          .workload = Mix(tasks),
          .duration = Millis(20),
          .check = check,
          .safety_bounds = {.max_wait = Seconds(100), .max_idle = Seconds(100)},
          .max_tasks = tasks < 4'000 ? 4'096u : 131'072u};
}

void Simulate(benchmark::State& state, bool check) {
  SimulationOptions options = Options(state, check);
  // A short run tells how much simulated time it takes.
  double callbacks = 0;
  options.sink = [&](const TraceRecord&) { ++callbacks; };
  const RunResult probe = RunSimulation(options, Fifo());
  const double callbacks_an_event = callbacks / static_cast<double>(probe.events);
  options.sink = nullptr;
  options.duration = options.duration * static_cast<int64_t>(1 + kEvents / (1 + probe.events));
  uint64_t events = 0;
  for (auto _ : state) {
    const RunResult result = RunSimulation(options, Fifo());
    SCXX_CHECK(result.ok(), "the run has failed");
    events += result.events;
  }
  state.SetItemsProcessed(static_cast<int64_t>(events));
  state.counters["callbacks/s"] = benchmark::Counter(
      static_cast<double>(events) * callbacks_an_event, benchmark::Counter::kIsRate);
}

void BM_Events(benchmark::State& state) { Simulate(state, /*check=*/false); }
void BM_CheckedEvents(benchmark::State& state) { Simulate(state, /*check=*/true); }

BENCHMARK(BM_Events)->Args({64, 1'000})->Unit(benchmark::kMillisecond);
BENCHMARK(BM_CheckedEvents)->Args({64, 1'000})->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Events)
    ->Args({64, 10})
    ->Args({64, 100})
    ->Args({64, 10'000})
    ->Args({64, 100'000})
    ->Args({1, 1'000})
    ->Args({4, 1'000})
    ->Args({16, 1'000})
    ->Args({256, 1'000})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace scxx::sim

BENCHMARK_MAIN();
