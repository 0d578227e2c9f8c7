// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/simulation.h"

#include <atomic>
#include <sstream>

#include "framework/channel/default_config.h"
#include "framework/engine/engine.h"
#include "framework/sim/checks/checkers.h"
#include "framework/sim/faults.h"
#include "framework/sim/machine.h"

namespace scxx::sim {
namespace {

scxx_config ConfigOf(const Topology& topology, const SimulationOptions& options,
                     const PolicyTraits& traits) {
  scxx_config config = DefaultConfig(topology.max_cpus(), options.max_tasks);
  config.direct = traits.direct;
  config.wakeup_preempt = traits.wakeup_preemption;
  if (options.faults.event_ring != 0) config.event_mask = options.faults.event_ring - 1;
  if (options.hold_max != Nanos::Zero()) config.hold_max = options.hold_max.count();
  return config;
}

std::string ToString(const TraceRecord& record) {
  std::ostringstream out;
  out << record;
  return out.str();
}

RunResult ResultOf(Machine& machine, const Workload& workload, Instant began) {
  RunResult result{.seed = machine.options().seed,
                   .hash = machine.trace().hash(),
                   .events = machine.events(),
                   .duration = machine.now() - began,
                   .cpus = machine.core().nr_cpus(),
                   .groups = machine.population().Stats(),
                   .decisions = machine.Count(SCXX_CNT_DISPATCHED),
                   .fallbacks = machine.Count(SCXX_CNT_FALLBACKS),
                   .reclaimed = machine.Count(SCXX_CNT_RECLAIMED),
                   .attachments = machine.attachments(),
                   .failure = machine.failure()};
  for (const TaskGroup& group : workload.groups) result.names.push_back(group.name);
  result.agent_time = Nanos(static_cast<int64_t>(machine.population().agent().se.sum_exec_runtime));
  if (result.ok()) return result;
  for (const TraceRecord& record : machine.trace().Last()) {
    result.last_records.push_back(ToString(record));
  }
  return result;
}

Trace::Sink SinkOf(const SimulationOptions& options, Machine& machine) {
  return [&options, &machine](const TraceRecord& record) {
    if (options.sink) options.sink(record);
    if (!options.tracer) return;
    const bool of_task = record.task != kNoTask;
    options.tracer(record, of_task ? machine.population().task(record.task).kernel.comm : "");
  };
}

// The agent's process, until the kernel ends its scheduler or the run is over.
void RunAgent(Machine& machine, const SimulationOptions& options, const SimulatedPolicy& policy) {
  SimBackend backend(machine, options.agent);
  Engine<AnyPolicy> engine(policy.make(backend.limits()), backend, {});
  const std::atomic<bool> stop = false;
  engine.Run(stop);
}

}  // namespace

RunResult RunSimulation(const SimulationOptions& options, const SimulatedPolicy& policy) {
  const Topology topology = Topology::Synthetic(options.topology);
  Machine machine(topology, options.workload,
                  {.seed = options.seed,
                   .duration = options.duration,
                   .core = options.core,
                   .config = ConfigOf(topology, options, policy.traits),
                   .dispatcher = options.dispatcher});
  if (options.sink || options.tracer) machine.trace().SetSink(SinkOf(options, machine));
  const Instant began = machine.now();
  Faults faults(machine, options.faults, machine.end() - options.liveness);
  CheckerBounds safety = options.safety_bounds, liveness = options.liveness_bounds;
  if (!policy.traits.weighted_shares) safety.fair = liveness.fair = {};
  Checkers checkers(machine, safety);
  faults.Start();
  if (options.liveness > options.settle) {
    machine.Schedule(machine.end() - (options.liveness - options.settle), EventKind::kCheck, 0);
  }
  machine.SetHandler([&](const Event& event) {
    if (event.kind() == EventKind::kFault) return faults.Inject(event);
    checkers.SetBounds(liveness);
  });
  if (options.check) machine.SetObserver([&](const Event&) { checkers.AfterEvent(); });
  machine.Start();
  do {
    RunAgent(machine, options, policy);
  } while (machine.Restart());
  if (options.check) checkers.Sweep();
  for (int cpu = 0; cpu < machine.core().nr_cpus(); ++cpu) machine.core().Charge(cpu);
  RunResult result = ResultOf(machine, options.workload, began);
  result.policy = policy.traits.name;
  result.longest_wait = checkers.longest_wait();
  result.fair_stretches = checkers.shares().compared();
  return result;
}

}  // namespace scxx::sim
