// SPDX-License-Identifier: Apache-2.0
//
// The thread that parks in the kernel, and how another thread gets it to look up.
//
//   AgentThread agent;          // on the thread itself
//   ...
//   agent.Nudge();              // from any thread: it runs within 50 ms, parked or not
//
// A parked thread waits in a DSQ and would not notice a flag; BPF runs it when it has a signal to
// handle (keep_alive in bpf/fallback.h). The signal itself does nothing.

#ifndef SCXX_FRAMEWORK_KERNEL_PROCESS_AGENT_THREAD_H_
#define SCXX_FRAMEWORK_KERNEL_PROCESS_AGENT_THREAD_H_

#include <string>

#include "absl/status/status.h"

namespace scxx {

class AgentThread {
 public:
  AgentThread();

  // Async-signal-safe.
  void Nudge() const;

 private:
  int tid_;
};

// The agent gives its CPU away: sched_yield, which parks it. Or it sleeps for an instant if BPF
// wants that (scxx_global::nap), and has to look at its rings again when it comes back.
void GiveCpuAway(bool nap);

// Lets every thread of this process run on every CPU, whatever affinity it was started with
// (taskset, systemd's CPUAffinity=): a CPU that may not run the agent cannot fetch it. A cpuset
// still limits it. And ends a real-time class that it was started with (chrt,
// CPUSchedulingPolicy=): sched_ext does not schedule such tasks, so the agent could not park.
// `tasks` is /proc/self/task, or a test's.
void RunEverywhere(const std::string& tasks = "/proc/self/task");

// Moves the calling thread to `cpu` (KernelOptions::agent_cpu), where BPF keeps it from the attach
// on: it may run elsewhere, and does while a higher class keeps that CPU. InvalidArgument if the
// machine has no such CPU, or no other one for tasks.
absl::Status MoveToOwnCpu(int cpu);

// In partial mode only tasks of class SCHED_EXT are ours, and the agent must be one of them to
// park.
absl::Status JoinSchedExt();

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROCESS_AGENT_THREAD_H_
