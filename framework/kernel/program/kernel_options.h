// SPDX-License-Identifier: Apache-2.0
//
// KernelOptions: how the BPF program is set up. Flags and configuration files fill one of these;
// everything has a default that works.

#ifndef SCXX_FRAMEWORK_KERNEL_PROGRAM_KERNEL_OPTIONS_H_
#define SCXX_FRAMEWORK_KERNEL_PROGRAM_KERNEL_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "bpf/wire.h"
#include "framework/base/cpu_set.h"
#include "framework/topology/topology.h"

namespace scxx {

struct KernelOptions {
  // Shown by the kernel in /sys/kernel/sched_ext/root/ops: letters, digits, '_', '.', '-'.
  std::string name = "scxx";

  // Slice of a dispatch that names none, and of tasks that go on because nothing else waits.
  // 100 us to 1 s; the kernel looks at slices at its tick, so below 1/HZ is rounded up to it.
  absl::Duration slice = absl::Milliseconds(5);

  // Schedule only tasks of class SCHED_EXT instead of all ordinary ones.
  bool partial = false;

  // Bytes of the kernel's debug dump kept for the exit report; 0 means the kernel's default.
  uint32_t exit_dump_len = 32768;

  // The kernel's watchdog: a task left waiting for this long ejects the scheduler. Up to 30 s. No
  // task need wait for a quarter of the 5 s (docs/protocol.md), whatever stands here.
  absl::Duration watchdog_timeout = absl::Seconds(5);

  // Tasks that user space can know at once; further ones are scheduled in the kernel. Each costs
  // about 360 bytes of memory. 64 to 4,194,304.
  uint32_t max_tasks = 8192;

  // Print what libbpf does.
  bool debug = false;

  // Have the kernel time every call of the BPF program: some tens of nanoseconds each.
  bool callback_costs = false;

  // Let ops.select_cpu prefer CPUs of the waker's NUMA node (needs a kernel that has
  // SCX_OPS_BUILTIN_IDLE_PER_NODE; ignored elsewhere).
  bool numa_local = false;

  // What the policy allows: PolicyTraits has their meaning.
  bool direct = false;
  bool wakeup_preemption = false;

  // A CPU for the agent alone: it looks for events all the time instead of parking, which answers
  // sooner and costs that CPU. Tasks that may run elsewhere are kept off it. -1: the agent parks.
  int agent_cpu = -1;

  // The lease: after this long without a sign of life while tasks wait, the kernel schedules.
  absl::Duration fallback_after = absl::Milliseconds(20);
  // No task stays in user space's custody for longer.
  absl::Duration hold_max = absl::Milliseconds(900);
};

// InvalidArgument if one is out of its range; one line.
absl::Status ValidateOptions(const KernelOptions& options);

// Why an agent cannot have its own CPU (agent_cpu) just now, although the machine has it: a line
// for the user. Empty if it can, or wants none.
std::string WhyNoAgentCpu(const KernelOptions& options, const Topology& topology);

// How much memory a scheduler with these options locks on a machine of so many CPUs, at most, and
// what its limit must leave beyond (MemoryOptions::headroom).
int64_t BytesToLock(const KernelOptions& options, uint32_t nr_cpus);

// What the dispatcher is told of them, on a machine whose CPU numbers are below `nr_cpus` and of
// which these CPUs are online.
scxx_config ConfigOf(const KernelOptions& options, uint32_t nr_cpus, const CpuSet& online);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_PROGRAM_KERNEL_OPTIONS_H_
