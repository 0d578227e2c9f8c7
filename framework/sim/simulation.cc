// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/simulation.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include "absl/status/statusor.h"
#include "framework/channel/default_config.h"
#include "framework/engine/session.h"
#include "framework/machine/machine.h"
#include "framework/sim/checks/checkers.h"
#include "framework/sim/computer.h"
#include "framework/sim/faults.h"
#include "framework/sim/sim_machine.h"

namespace scxx::sim {
namespace {

Topology TopologyOf(const SimulationOptions& options) {
  const Topology topology = Topology::Synthetic(options.topology);
  return topology.WithPossible(
      std::max(topology.max_cpus(), options.workload.setting.possible_cpus));
}

scxx_config ConfigOf(const Topology& topology, const SimulationOptions& options,
                     const PolicyTraits& traits) {
  const uint32_t slots = options.workload.setting.max_tasks;
  scxx_config config = DefaultConfig(topology.max_cpus(), slots == 0 ? options.max_tasks : slots);
  config.agent_cpu = static_cast<uint32_t>(options.workload.setting.agent_cpu + 1);
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

RunResult ResultOf(Computer& computer, const Workload& workload, Instant began) {
  RunResult result{.seed = computer.options().seed,
                   .hash = computer.trace().hash(),
                   .events = computer.events(),
                   .duration = computer.now() - began,
                   .cpus = computer.topology().online().size(),
                   .groups = computer.population().Stats(),
                   .decisions = computer.Count(SCXX_CNT_DISPATCHED),
                   .fallbacks = computer.Count(SCXX_CNT_FALLBACKS),
                   .reclaimed = computer.Count(SCXX_CNT_RECLAIMED),
                   .attachments = computer.attachments(),
                   .failure = computer.failure()};
  for (const TaskGroup& group : workload.groups) result.names.push_back(group.name);
  result.agent_time =
      Nanos(static_cast<int64_t>(computer.population().agent().se.sum_exec_runtime));
  if (result.ok()) return result;
  for (const TraceRecord& record : computer.trace().Last()) {
    result.last_records.push_back(ToString(record));
  }
  return result;
}

Trace::Sink SinkOf(const SimulationOptions& options, Computer& computer) {
  return [&options, &computer](const TraceRecord& record) {
    if (options.sink) options.sink(record);
    if (!options.tracer) return;
    const bool of_task = record.task != kNoTask;
    options.tracer(record, of_task ? computer.population().task(record.task).kernel.comm : "");
  };
}

// The agent's process: the shipped session, which attaches anew where the kernel asks for it.
void RunAgent(Computer& computer, const SimulationOptions& options, const SimulatedPolicy& policy) {
  Session session({.make_machine = [&] { return SimMachine::Load(computer, options.agent); },
                   .make_runner = [&](Machine& machine) -> absl::StatusOr<std::unique_ptr<Runner>> {
                     Backend& backend = machine.backend();
                     return std::make_unique<EngineRunner<AnyPolicy>>(policy.make(backend.limits()),
                                                                      backend);
                   }});
  session.Run();
}

}  // namespace

RunResult RunSimulation(const SimulationOptions& options, const SimulatedPolicy& policy) {
  const Topology topology = TopologyOf(options);
  Computer computer(topology, options.workload,
                    {.seed = options.seed,
                     .duration = options.duration,
                     .core = options.core,
                     .config = ConfigOf(topology, options, policy.traits),
                     .dispatcher = options.dispatcher});
  if (options.sink || options.tracer) computer.trace().SetSink(SinkOf(options, computer));
  const Instant began = computer.now();
  Faults faults(computer, options.faults, computer.end() - options.liveness);
  CheckerBounds safety = options.safety_bounds, liveness = options.liveness_bounds;
  if (!policy.traits.weighted_shares) safety.fair = liveness.fair = {};
  Checkers checkers(computer, safety);
  faults.Start();
  if (options.liveness > options.settle) {
    computer.Schedule(computer.end() - (options.liveness - options.settle), SimEventKind::kCheck,
                      0);
  }
  computer.SetHandler([&](const Event& event) {
    if (event.kind() == SimEventKind::kFault) return faults.Inject(event);
    checkers.SetBounds(liveness);
  });
  if (options.check) computer.SetObserver([&](const Event&) { checkers.AfterEvent(); });
  RunAgent(computer, options, policy);
  if (options.check) checkers.Sweep();
  for (int cpu = 0; cpu < computer.core().nr_cpus(); ++cpu) computer.core().Charge(cpu);
  RunResult result = ResultOf(computer, options.workload, began);
  result.policy = policy.name.empty() ? std::string(policy.traits.name) : policy.name;
  result.longest_wait = checkers.longest_wait();
  result.fair_stretches = checkers.shares().compared();
  return result;
}

}  // namespace scxx::sim
