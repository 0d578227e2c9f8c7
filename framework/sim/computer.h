// SPDX-License-Identifier: Apache-2.0
//
// Computer: a simulated computer with a workload, the dispatcher attached, and an agent that acts
// through it. The agent is a task like any other: what it does costs CPU time, which it gets when
// the dispatcher gives it some.
//
//   Computer computer(topology, workload, {.seed = 7});
//   computer.Start();
//   while (computer.AgentWork(Micros(2))) {     // the rest of the machine runs meanwhile
//     ...                                       // look, decide
//     computer.AgentYield();                     // the park: returns when it has been run again
//   }
//
// There is no thread and no second stack: AgentWork and AgentYield carry out the machine's events
// until the agent has had its CPU time. SimBackend does so on behalf of an engine.

#ifndef SCXX_FRAMEWORK_SIM_COMPUTER_H_
#define SCXX_FRAMEWORK_SIM_COMPUTER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bpf/wire.h"
#include "framework/base/units.h"
#include "framework/sim/core/core.h"
#include "framework/sim/core/dispatcher.h"
#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/event_queue.h"
#include "framework/sim/core/sched_ext_ops.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/load/population.h"
#include "framework/sim/load/workload.h"
#include "framework/topology/topology.h"

namespace scxx::sim {

struct ComputerOptions {
  uint64_t seed = 1;
  Nanos duration = Seconds(1);
  CoreCosts core = {};
  TaskCosts tasks = {};
  // nr_cpus is the topology's.
  scxx_config config = {};
  MakeDispatcher dispatcher = ShippedDispatcher;
};

class Computer {
 public:
  // Both must outlive the computer.
  Computer(const Topology& topology, const Workload& workload, const ComputerOptions& options);

  // The agent's process loads the dispatcher, which takes time if it had one before. False: the run
  // is over.
  bool Load();
  // Attaches what is loaded; the first time it starts the tasks and runs until the agent is on a
  // CPU.
  void Attach();
  // The agent's process closes its link to the dispatcher.
  void Detach();
  // Load and Attach.
  void Start();

  // ---- the agent's system calls; false: the run is over ----

  bool AgentWork(Nanos time);
  bool AgentYield();
  // It has been sent SIGSTOP, and SIGCONT after `time`: takes effect when it next runs.
  void StopAgentFor(Nanos time);
  // What it does next takes so much longer.
  void DelayAgent(Nanos time) { delay_ = time; }
  // SIGKILL: the agent exits when it next runs, the dispatcher is detached, and the rest goes on
  // without one.
  void KillAgent();

  // The dispatcher is not attached: the kernel has ended it, because of hotplug.
  bool exited() const { return over_ || !core_.attached(); }
  // A CPU goes offline, or comes back. Tasks that could run nowhere else may use all others.
  void SetOnline(int cpu, bool online);

  // All CPUs stop, and the clock does not.
  void StopCpus(Nanos time);
  // How long they have stood in all.
  Nanos stood() const { return stood_; }

  // The agent has placed a decision about this wait of the task in a slot; and which was the last.
  void NoteDecision(uint32_t slot, uint32_t enqueue) { decisions_[slot] = enqueue; }
  uint32_t LastDecision(uint32_t slot) const { return decisions_[slot]; }

  // How long the kernel lets a runnable task wait.
  Nanos watchdog_timeout() const { return dispatcher_->flags().timeout; }

  bool over() const { return over_; }
  // Ends the run before its time; the first reason counts.
  void End(absl::string_view why);
  const std::string& failure() const { return failure_; }

  // Called after every event.
  void SetObserver(std::function<void(const Event&)> observer) { observer_ = std::move(observer); }
  // Called for a kFault and a kCheck event, which Schedule() has put on the agenda.
  void SetHandler(std::function<void(const Event&)> handler) { handler_ = std::move(handler); }
  void Schedule(Instant time, SimEventKind kind, uint32_t target) {
    queue_.Schedule(time, kind, target);
  }

  Instant now() const { return queue_.now(); }
  Instant end() const { return end_; }
  uint64_t events() const { return queue_.popped(); }
  const Topology& topology() const { return topology_; }
  const ComputerOptions& options() const { return options_; }
  Core& core() { return core_; }
  Population& population() { return population_; }
  Trace& trace() { return trace_; }
  // Of the current attachment.
  DispatcherState& dispatcher_state() { return *state_; }
  // How often the dispatcher has been attached.
  uint64_t attachments() const { return attachments_; }
  // One of the dispatcher's counters, over all CPUs and attachments.
  uint64_t Count(scxx_counter counter) const { return past_counts_[counter] + CountNow(counter); }
  CpuId agent_cpu() { return CpuId(population_.agent().cpu); }

 private:
  void StartTasks();
  uint64_t CountNow(uint32_t counter) const;
  bool RunUntilAgent();
  void Step();
  void HandleWatchdog();
  void CheckProgress();
  void HandleSignals();

  const Topology& topology_;
  const ComputerOptions options_;
  EventQueue queue_;
  Trace trace_;
  Population population_;
  Core core_;
  std::unique_ptr<DispatcherState> state_;
  std::unique_ptr<SchedExtOps> dispatcher_;
  uint64_t attachments_ = 0;
  std::array<uint64_t, SCXX_NR_COUNTERS> past_counts_ = {};
  std::vector<uint32_t> decisions_;  // by slot
  const Instant end_;
  Instant last_time_;
  uint64_t events_at_once_ = 0;
  Instant next_watchdog_;
  Nanos stood_;
  Nanos stop_for_;
  Nanos delay_;
  bool killed_ = false;
  bool over_ = false;
  std::string failure_;
  std::function<void(const Event&)> observer_;
  std::function<void(const Event&)> handler_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_COMPUTER_H_
