// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/suite.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace scxx::bench {
namespace {

using Args = std::vector<std::string>;

const Metric kCost = {"cost", "ns_per_op", Quantity::kCost};
const Metric kSwitches = {"switches", "switches_machine_per_op", Quantity::kCount};

std::string LatencyKey(const std::string& task_class, const std::string& what) {
  return absl::StrCat("class.", task_class, ".latency.", what);
}

std::vector<Metric> Latencies(const std::string& task_class) {
  return {{"p50", LatencyKey(task_class, "p50_ns"), Quantity::kLatency},
          {"p99", LatencyKey(task_class, "p99_ns"), Quantity::kLatency},
          {"max", LatencyKey(task_class, "max_ns"), Quantity::kLatency}};
}

Workload Cost(std::string name, std::string unit, Args load) {
  return {.name = std::move(name),
          .group = "cost",
          .unit = std::move(unit),
          .load = std::move(load),
          .metrics = {kCost, kSwitches}};
}

Workload Latency(std::string name, std::string unit, Args load, const std::string& task_class) {
  return {.name = std::move(name),
          .group = "latency",
          .unit = std::move(unit),
          .load = std::move(load),
          .metrics = Latencies(task_class),
          .histogram = LatencyKey(task_class, "buckets")};
}

// 25 us of work every 5 ms, as an audio or a control loop, beside tasks that never sleep.
Workload Hogs(int hogs) {
  return Latency(absl::StrCat("periodic_", hogs), "wakeup",
                 {"periodic", absl::StrCat("--hogs=", hogs), "--work=25", "--duration=2s"},
                 "periodic");
}

// The longest that a periodic task beside a hog waits while something happens to the agent.
Workload Fault(const std::string& name, const std::string& fault, const Args& how) {
  Workload workload = {.name = name,
                       .group = "faults",
                       .unit = "wakeup",
                       .load = {"periodic", "--work=25"},
                       .metrics = {{"gap", "class.periodic.max_gap_ns", Quantity::kGap}},
                       .expects_detach = fault == "kill"};
  workload.load.push_back(absl::StrCat("--fault=", fault));
  workload.load.push_back(absl::StrCat("--fault_target=", kAgent));
  workload.load.insert(workload.load.end(), how.begin(), how.end());
  return workload;
}

std::vector<Workload> MakeSuite() {
  const Args one_hog = {"--hogs=1", "--duration=2s", "--fault_at=500ms", "--fault_for=1s"};
  // Longer than the kernel's watchdog, and nothing but the periodic task to emulate.
  const Args long_alone = {"--hogs=0", "--duration=45s", "--fault_at=500ms", "--fault_for=40s"};
  return {
      Cost("pipe_pairs_4", "message", {"pipe_pairs", "--pairs=4", "--messages=2000"}),
      Cost("pipe_pairs_16", "message", {"pipe_pairs", "--pairs=16", "--messages=1000"}),
      Cost("pipe_pairs_64", "message", {"pipe_pairs", "--pairs=64", "--messages=500"}),
      Cost("ping_pong", "round trip", {"ping_pong", "--round_trips=4000"}),
      Cost("yield_8", "yield", {"yield", "--tasks=8", "--yields=2000"}),
      Cost("messaging", "message", {"messaging", "--groups=2", "--fan=10", "--messages=200"}),
      Cost("fork_storm", "fork", {"fork_storm", "--workers=4", "--forks=50"}),
      Cost("exec_storm", "exec", {"fork_storm", "--workers=4", "--forks=25", "--exec=/bin/load"}),
      Hogs(2),
      Hogs(6),
      Hogs(16),
      Latency("wakeup_tree", "request", {"wakeup_tree", "--messengers=2", "--workers=8"}, "worker"),
      Latency("bimodal", "short job", {"bimodal", "--short_tasks=8", "--jobs=50"}, "short"),
      Latency("herd_1000", "wakeup", {"herd", "--waiters=1000", "--rounds=3"}, "waiter"),
      {.name = "nice_mix",
       .group = "shares",
       .unit = "chunk",
       .load = {"nice_mix", "--nices=0,0,5,10", "--duration=2s"},
       .metrics = {{"unfairness", "worst_ratio", Quantity::kFairness}}},
      {.name = "idle",
       .group = "cost",
       .unit = "second",
       .load = {"idle", "--duration=10s"},
       .metrics = {{"switches", "machine_switches_per_second", Quantity::kCount}}},
      {.name = kAttachRun,
       .group = "cost",
       .unit = "start",
       .load = {},
       .metrics = {{"time", "attach_ns", Quantity::kTime}}},
      Fault("agent_stopped", "stop", one_hog),
      Fault("agent_stopped_40s", "stop", long_alone),
      Fault("agent_slowed", "slow", one_hog),
      Fault("agent_killed", "kill", one_hog),
  };
}

struct Explained {
  const char* name;
  const char* what;
};

constexpr Explained kExplained[] = {
    {"pipe_pairs_4",
     "4 pairs of tasks; in each, one writes messages into a pipe that the other reads."},
    {"pipe_pairs_16",
     "16 pairs of tasks; in each, one writes messages into a pipe that the other reads."},
    {"pipe_pairs_64",
     "64 pairs of tasks; in each, one writes messages into a pipe that the other reads."},
    {"ping_pong", "Two tasks wake each other in turns, through pipes; nothing else runs."},
    {"yield_8", "8 tasks do nothing but give their CPU away (sched_yield)."},
    {"messaging",
     "2 groups of 10 senders and 10 receivers, every sender to every receiver 200 messages, as "
     "hackbench has them."},
    {"fork_storm", "4 tasks that start children, which exit at once, as fast as they can."},
    {"exec_storm", "The same, and each child executes a program, as a build does."},
    {"periodic_2",
     "A task that wants 25 us of CPU every 5 ms, as audio does, beside 2 tasks that never sleep."},
    {"periodic_6",
     "A task that wants 25 us of CPU every 5 ms, as audio does, beside 6 tasks that never sleep."},
    {"periodic_16",
     "A task that wants 25 us of CPU every 5 ms, as audio does, beside 16 tasks that never sleep."},
    {"wakeup_tree", "2 tasks that hand requests to 8 workers each, as schbench has them."},
    {"bimodal", "Short jobs of 100 us of work that arrive beside long ones."},
    {"herd_1000", "1,000 tasks that wait for one event, and all wake at once."},
    {"nice_mix", "4 tasks that never sleep, at nice 0, 0, 5 and 10: who gets how much."},
    {"idle", "Nothing at all, for 10 seconds."},
    {"attach", "From starting the scheduler's program until it schedules."},
    {"agent_stopped",
     "A periodic task beside a busy one while the scheduler's process is stopped for a second."},
    {"agent_stopped_40s",
     "A periodic task while the scheduler's process is stopped for 40 seconds."},
    {"agent_slowed",
     "A periodic task beside a busy one while the scheduler's process is stopped for 9 of every 10 "
     "ms."},
    {"agent_killed", "A periodic task beside a busy one when the scheduler's process is killed."},
};

std::vector<Workload> MakeExplainedSuite() {
  std::vector<Workload> suite = MakeSuite();
  for (Workload& workload : suite) {
    for (const Explained& explained : kExplained) {
      if (workload.name == explained.name) workload.what = explained.what;
    }
  }
  return suite;
}

bool AnythingMeasured(const Workload& workload, Mode mode) {
  return std::any_of(workload.metrics.begin(), workload.metrics.end(), [&](const Metric& metric) {
    return Measures(mode, metric.quantity) != Measured::kNo;
  });
}

absl::Status Unknown(const std::string& name) {
  std::vector<std::string> known = {"all", "cost", "latency", "shares", "faults"};
  for (const Workload& workload : Suite()) known.push_back(workload.name);
  return absl::InvalidArgumentError(absl::StrCat("--workloads: unknown workload ", name,
                                                 "; known are ", absl::StrJoin(known, ", ")));
}

}  // namespace

const std::vector<Workload>& Suite() {
  static const auto& suite = *new std::vector<Workload>(MakeExplainedSuite());
  return suite;
}

absl::StatusOr<std::vector<Workload>> ChooseWorkloads(const std::string& names, Mode mode) {
  std::vector<bool> chosen(Suite().size(), false);
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(names, ','))) {
    bool known = name == "all";
    for (size_t i = 0; i < Suite().size(); ++i) {
      const Workload& workload = Suite()[i];
      if (name != "all" && name != workload.group && name != workload.name) continue;
      known = true;
      const bool measured = AnythingMeasured(workload, mode);
      if (name == workload.name && !measured) {
        return absl::InvalidArgumentError(absl::StrCat("--workloads: ", name, ": ", WhyNot(mode)));
      }
      chosen[i] = chosen[i] || measured;
    }
    if (!known) return Unknown(name);
  }
  std::vector<Workload> workloads;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) workloads.push_back(Suite()[i]);
  }
  return workloads;
}

std::vector<Run> RunsOf(const std::vector<Workload>& workloads) {
  std::vector<Run> runs;
  for (const Workload& workload : workloads) {
    if (!workload.load.empty()) runs.push_back({workload.name, workload.load});
  }
  return runs;
}

std::string DescribeSuite() {
  std::string out;
  for (const Workload& workload : Suite()) {
    absl::StrAppendFormat(&out, "%-18s %-8s %s\n", workload.name, workload.group,
                          workload.load.empty() ? "the start of a scheduler"
                                                : "load " + absl::StrJoin(workload.load, " "));
  }
  return out;
}

}  // namespace scxx::bench
