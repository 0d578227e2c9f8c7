// SPDX-License-Identifier: Apache-2.0
#include "framework/app/flags.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

ABSL_FLAG(scxx::BackendKind, backend, scxx::BackendKind::kAuto,
          "where to schedule: kernel (this machine), vm (a virtual machine with a demo load), sim "
          "(a simulated machine with a demo load), or auto (kernel if possible, else vm)");
ABSL_FLAG(bool, partial, false, "schedule only tasks that chose the class SCHED_EXT");
ABSL_FLAG(uint32_t, exit_dump_len, scxx::KernelOptions().exit_dump_len,
          "bytes of the kernel's dump to keep for the exit report; 0: the kernel's default");
ABSL_FLAG(
    absl::Duration, watchdog_timeout, scxx::KernelOptions().watchdog_timeout,
    "the kernel ejects a scheduler that leaves a task waiting for longer: 1s to 30s, and less "
    "than 5s on your own risk, because waits of 1.25s are normal in a crowd");
ABSL_FLAG(absl::Duration, hold_max, scxx::KernelOptions().hold_max,
          "the kernel schedules a task by itself that the policy has held for longer: 900ms to 1h");
ABSL_FLAG(uint32_t, max_tasks, scxx::KernelOptions().max_tasks,
          "tasks the policy can know at once, others are scheduled in the kernel: 64 to 4194304");
ABSL_FLAG(bool, numa_local, false, "prefer idle CPUs of the waker's NUMA node");
ABSL_FLAG(bool, debug, false, "show what loading the BPF program does");
ABSL_FLAG(absl::Duration, stats_interval, scxx::AppOptions().stats_interval,
          "print a line of statistics that often: 10ms to 24h, like 1s; 0: never");
ABSL_FLAG(
    absl::Duration, duration, scxx::AppOptions().duration,
    "detach after this time, like 30s; inf: run until Ctrl-C; 0: 10s in a virtual or simulated "
    "machine, else inf");
ABSL_FLAG(std::string, explain, "",
          "show with the statistics where this task stands, and why: a pid, or a name");
ABSL_FLAG(int, agent_cpu, scxx::KernelOptions().agent_cpu,
          "a CPU for the scheduler alone, which then never waits: answers sooner, costs that CPU; "
          "-1: none");
ABSL_FLAG(bool, counters, false, "show all that was counted, at the end");
ABSL_FLAG(
    bool, callback_costs, false,
    "let the kernel time the BPF program's callbacks, and show that at the end, with --counters");
ABSL_FLAG(int, cpus, scxx::AppOptions().cpus, "CPUs of the virtual or simulated machine: 1 to 64");
ABSL_FLAG(int, memory, scxx::AppOptions().memory_mb, "memory of the virtual machine, MiB");
ABSL_FLAG(std::string, demo, "",
          "the load program to start once attached (set in virtual machines)");

namespace scxx {

AppOptions OptionsFromFlags() {
  AppOptions options;
  ReadPolicyFlags(&options);
  options.backend = absl::GetFlag(FLAGS_backend);
  options.kernel.partial = absl::GetFlag(FLAGS_partial);
  options.kernel.exit_dump_len = absl::GetFlag(FLAGS_exit_dump_len);
  options.kernel.watchdog_timeout = absl::GetFlag(FLAGS_watchdog_timeout);
  options.kernel.hold_max = absl::GetFlag(FLAGS_hold_max);
  options.kernel.max_tasks = absl::GetFlag(FLAGS_max_tasks);
  options.kernel.numa_local = absl::GetFlag(FLAGS_numa_local);
  options.kernel.agent_cpu = absl::GetFlag(FLAGS_agent_cpu);
  options.kernel.debug = absl::GetFlag(FLAGS_debug);
  options.stats_interval = absl::GetFlag(FLAGS_stats_interval);
  options.duration = absl::GetFlag(FLAGS_duration);
  options.explain = absl::GetFlag(FLAGS_explain);
  options.counters = absl::GetFlag(FLAGS_counters);
  options.kernel.callback_costs = absl::GetFlag(FLAGS_callback_costs);
  options.cpus = absl::GetFlag(FLAGS_cpus);
  options.memory_mb = absl::GetFlag(FLAGS_memory);
  options.demo = absl::GetFlag(FLAGS_demo);
  return options;
}

std::vector<std::string> GuestArguments() {
  constexpr absl::string_view kOfTheHost[] = {"backend", "cpus", "memory", "demo"};
  std::vector<std::string> arguments;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    const bool of_the_host =
        std::find(std::begin(kOfTheHost), std::end(kOfTheHost), name) != std::end(kOfTheHost);
    const std::string value = flag->CurrentValue();
    if (!of_the_host && value != flag->DefaultValue()) {
      arguments.push_back(absl::StrCat("--", name, "=", value));
    }
  }
  std::sort(arguments.begin(), arguments.end());
  return arguments;
}

}  // namespace scxx
