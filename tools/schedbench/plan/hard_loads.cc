// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/hard_loads.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace scxx::bench {
namespace {

using Args = std::vector<std::string>;

// Longer than any watchdog that is to be seen: our schedulers' and their peers' is 5 s, and the
// kernel looks every half of it.
constexpr char kDuration[] = "--duration=12s";
constexpr char kForever[] = "--duration=1h";

// A workload of the load program, until it is killed.
Companion Beside(const std::string& workload, const Args& arguments) {
  Companion companion = {workload, {"/bin/load", workload}};
  companion.command.insert(companion.command.end(), arguments.begin(), arguments.end());
  return companion;
}

Companion Spin(Args arguments) {
  arguments.push_back(kForever);
  return Beside("spin", arguments);
}

Companion Pinned(int tasks) {
  Companion companion = Spin({absl::StrCat("--tasks=", tasks), "--cpu=0"});
  companion.name = "pinned";
  return companion;
}

HardLoad PinnedCrowd(int tasks) {
  return {.name = absl::StrCat("crowd_", tasks),
          .what = absl::StrCat(tasks, " busy tasks that may run on one CPU only"),
          .beside = {Pinned(tasks)}};
}

// Until it is killed with all that it has started.
HardLoad StressNg(const std::string& name, const std::string& what, Mode mode, Args stressors) {
  Args command = {"/bin/stress-ng", "--temp-path=/tmp", "--no-rand-seed", "--timeout=1h"};
  command.insert(command.end(), stressors.begin(), stressors.end());
  return {.name = absl::StrCat("stress_", name),
          .what = what,
          .beside = {{"stress-ng", std::move(command)}},
          .program = "stress-ng",
          .mode = mode};
}

std::vector<HardLoad> RealTimeLoads() {
  return {
      {.name = "rt_hog",
       .what = "a real-time task (SCHED_FIFO) that keeps one of the CPUs, beside 3 busy tasks "
               "pinned there and 2 that may run anywhere",
       .beside = {Spin({"--policy=fifo", "--cpu=0"}), Pinned(3)},
       .probe = {"--hogs=2"}},
      {.name = "rt_bursts",
       .what = "a real-time task that takes 2 of every 10 ms of one of the CPUs, beside the same",
       .beside = {Spin({"--policy=fifo", "--cpu=0", "--burst=2ms", "--period=10ms"}), Pinned(3)},
       .probe = {"--hogs=2"}},
      {.name = "deadline_hog",
       .what = "a task of class SCHED_DEADLINE that takes 80 of every 100 ms of one of the CPUs, "
               "beside the same",
       .beside = {Spin({"--policy=deadline"}), Pinned(3)},
       .probe = {"--hogs=2"}}};
}

std::vector<HardLoad> KernelsOwn() {
  return {{.name = "kernel_threads",
           .what = "ksmd and khugepaged, both busy and pinned to one CPU, beside 2 busy tasks that "
                   "may run anywhere",
           .beside = {Beside("kernel_threads", {"--cpu=0", kForever})},
           .probe = {"--hogs=2"}},
          {.name = "memory",
           .what = "2 processes that take memory until the kernel kills them, one after the other, "
                   "beside 2 busy tasks",
           .beside = {Beside("memory", {"--tasks=2", kForever})},
           .probe = {"--hogs=2"}}};
}

std::vector<HardLoad> Crowds() {
  return {PinnedCrowd(300),
          PinnedCrowd(1000),
          {.name = "crowd_4000",
           .what = "4,000 busy tasks that may run on either CPU",
           .beside = {Spin({"--tasks=4000"})}},
          {.name = "messaging_40",
           .what = "40 groups of 20 senders and 20 receivers, who fill pipes to one another "
                   "(1,600 tasks, as hackbench has them)",
           .beside = {Beside("messaging",
                             {"--groups=40", "--fan=20", "--messages=1000000", "--limit=1h"})},
           .mode = Mode::kExact},
          {.name = "hackbench_40",
           .what = "the same by Debian's program, `hackbench -g 40`",
           .beside = {{"hackbench", {"/bin/hackbench", "-g", "40", "-l", "1000000"}}},
           .program = "hackbench",
           .mode = Mode::kExact}};
}

std::vector<HardLoad> StressNgLoads() {
  return {
      StressNg("scheduler", "all stressors of stress-ng's class scheduler at once, one of each",
               Mode::kExact, {"--class=scheduler", "--all=1"}),
      StressNg("policies",
               "tasks that change their scheduling class, real-time ones among them, and race "
               "from CPU to CPU (stress-ng's schedpolicy and race-sched, 4 of each)",
               Mode::kConcurrent, {"--schedpolicy=4", "--race-sched=4"}),
      StressNg("fork", "tasks that fork as fast as they can (stress-ng's fork, 8 of them)",
               Mode::kExact, {"--fork=8"}),
      StressNg("affinity",
               "tasks that change their own affinity as fast as they can (stress-ng's affinity, "
               "16 of them)",
               Mode::kConcurrent, {"--affinity=16"})};
}

HardLoad AgentFault(const std::string& name, const std::string& what, Args how) {
  HardLoad load = {.name = name, .what = what, .probe = {"--hogs=3"}};
  load.probe.insert(load.probe.end(), how.begin(), how.end());
  load.probe.push_back(absl::StrCat("--fault_target=", kAgent));
  return load;
}

std::vector<HardLoad> AgentFaults() {
  std::vector<HardLoad> faults = {
      AgentFault("agent_stopped",
                 "the scheduler's process is stopped for 12 s, beside 3 busy tasks",
                 {"--fault=stop", "--fault_at=1s", "--fault_for=12s", "--duration=15s"}),
      AgentFault("agent_stopped_in_a_crowd",
                 "the same for 6 s, beside 1,000 busy tasks that may run on one CPU only",
                 {"--fault=stop", "--fault_at=3s", "--fault_for=6s", "--duration=15s"}),
      AgentFault("agent_killed", "the scheduler's process is killed, beside 3 busy tasks",
                 {"--fault=kill", "--fault_at=1s"})};
  faults[1].beside = {Pinned(1000)};
  faults.back().kills_agent = true;
  return faults;
}

std::vector<HardLoad> Shares() {
  return {{.name = "idle_class",
           .what = "2 busy tasks of class SCHED_IDLE beside 2 ordinary ones; the figure in percent "
                   "is what the ordinary ones get of both CPUs",
           .beside = {Spin({"--policy=idle", "--tasks=2"})},
           .probe = {"--hogs=2"},
           .share_of = "hog"}};
}

std::vector<HardLoad> MakeHardLoads() {
  std::vector<HardLoad> loads;
  for (const auto& group :
       {RealTimeLoads(), KernelsOwn(), Crowds(), StressNgLoads(), AgentFaults(), Shares()}) {
    loads.insert(loads.end(), group.begin(), group.end());
  }
  return loads;
}

absl::Status Unknown(const std::string& name) {
  Args known = {"all"};
  for (const HardLoad& load : HardLoads()) known.push_back(load.name);
  return absl::InvalidArgumentError(
      absl::StrCat("--rows: unknown row ", name, "; known are ", absl::StrJoin(known, ", ")));
}

}  // namespace

const std::vector<HardLoad>& HardLoads() {
  static const auto& loads = *new std::vector<HardLoad>(MakeHardLoads());
  return loads;
}

absl::StatusOr<std::vector<HardLoad>> ChooseHardLoads(const std::string& names) {
  const Args wanted = absl::StrSplit(names, ',');
  for (const std::string& name : wanted) {
    const auto has_name = [&](const HardLoad& load) { return load.name == name; };
    const bool known = std::any_of(HardLoads().begin(), HardLoads().end(), has_name);
    if (!known && name != "all") return Unknown(name);
  }
  std::vector<HardLoad> chosen;
  for (const HardLoad& load : HardLoads()) {
    const auto is_wanted = [&](const std::string& name) {
      return name == load.name || name == "all";
    };
    if (std::any_of(wanted.begin(), wanted.end(), is_wanted)) chosen.push_back(load);
  }
  return chosen;
}

Run ProbeOf(const HardLoad& load) {
  Run run = {load.name, {"periodic", "--pinned", "--work=25", "--hogs=0", kDuration}};
  run.load.insert(run.load.end(), load.probe.begin(), load.probe.end());
  return run;
}

std::string DescribeHardLoads() {
  std::string out;
  for (const HardLoad& load : HardLoads()) {
    absl::StrAppendFormat(&out, "%-16s %s\n", load.name, load.what);
  }
  return out;
}

}  // namespace scxx::bench
