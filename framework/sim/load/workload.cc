// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/load/workload.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace scxx::sim {
namespace {

std::vector<TaskGroup> Hogs(int cpus) {
  return {{.name = "hog", .count = 2 * cpus, .steps = {Run(Seconds(1))}}};
}

std::vector<TaskGroup> PeriodicGroups(int cpus) {
  return {{.name = "hog", .count = cpus + 1, .steps = {Run(Seconds(1))}},
          {.name = "periodic", .count = cpus, .steps = {Period(Millis(5)), Run(Micros(300))}}};
}

std::vector<TaskGroup> PipePairs(int cpus) {
  return {{.name = "pipe",
           .count = 4 * cpus,
           .in_pairs = true,
           .steps = {Run(Micros(5)), Post(PostTo::kPartner), Wait()}}};
}

std::vector<TaskGroup> NiceMix(int cpus) {
  std::vector<TaskGroup> groups;
  for (const int nice : {-5, 0, 5, 10}) {
    groups.push_back({.name = absl::StrCat("nice", nice),
                      .count = cpus,
                      .nice = nice,
                      .steps = {Run(Seconds(1))}});
  }
  return groups;
}

std::vector<TaskGroup> ForkStorm(int cpus) {
  return {{.name = "parent",
           .count = cpus,
           .steps = {Run(Micros(50)), ForkOne(1), Sleep(Micros(200), Micros(300))}},
          {.name = "child", .count = 0, .loops = 1, .steps = {Run(Micros(100), Micros(900))}}};
}

std::vector<TaskGroup> Mixed(int cpus) {
  std::vector<TaskGroup> groups = PipePairs((cpus + 3) / 4);
  groups.push_back({.name = "hog", .count = cpus, .steps = {Run(Seconds(1))}});
  groups.push_back(
      {.name = "batch", .count = cpus, .nice = 10, .steps = {Run(Millis(5), Millis(20)), Yield()}});
  groups.push_back({.name = "ui",
                    .count = 1 + cpus / 2,
                    .nice = -5,
                    .steps = {Sleep(Millis(1), Millis(8)), Run(Micros(100), Micros(900))}});
  return groups;
}

std::vector<TaskGroup> Yielders(int cpus) {
  return {{.name = "yielder", .count = 4 * cpus, .steps = {Run(Micros(20)), Yield()}}};
}

std::vector<TaskGroup> Bursts(int cpus) {
  return {{.name = "burst",
           .count = 3 * cpus,
           .steps = {Run(Micros(50), Millis(2)), Sleep(Micros(50), Millis(3))}}};
}

// Short critical sections of one mutex. Whoever is preempted in one makes all others wait.
std::vector<TaskGroup> LockConvoy(int cpus) {
  return {{.name = "convoy",
           .count = 4 * cpus,
           .steps = {Run(Micros(20), Micros(60)), Lock(0), Run(Micros(10)), Unlock(0)}},
          {.name = "hog", .count = cpus, .steps = {Run(Seconds(1))}}};
}

// ---- harsh ones ----

std::vector<Step> Interactive() {
  return {Sleep(Millis(1), Millis(8)), Run(Micros(100), Micros(900))};
}

Workload Kthreads(int cpus) {
  return {.groups = {{.name = "kworker",
                      .count = 2 * cpus,
                      .per_cpu = true,
                      .kthread = true,
                      .steps = {Sleep(Millis(2), Millis(8)), Run(Micros(20), Micros(80))}},
                     {.name = "unbound",
                      .count = cpus,
                      .kthread = true,
                      .steps = {Sleep(Millis(1), Millis(5)), Run(Micros(50), Micros(250))}},
                     {.name = "hog", .count = cpus, .steps = {Run(Seconds(1))}},
                     {.name = "ui", .count = cpus, .steps = Interactive()}}};
}

Workload BusyKthreads(int) {
  return {
      .groups = {{.name = "kthread",
                  .count = 2,
                  .allowed = CpuSet::Only(CpuId(0)),
                  .kthread = true,
                  .steps = {Run(Seconds(1))}},
                 {.name = "pinned", .allowed = CpuSet::Only(CpuId(0)), .steps = {Run(Seconds(1))}},
                 {.name = "ui", .steps = Interactive()}}};
}

Workload Realtime(int cpus) {
  return {.groups = {{.name = "rt",
                      .allowed = CpuSet::Only(CpuId(0)),
                      .policy = kSchedFifo,
                      .steps = {Run(Seconds(1))}},
                     {.name = "pinned",
                      .count = 4,
                      .allowed = CpuSet::Only(CpuId(0)),
                      .steps = {Period(Millis(10)), Run(Millis(1))}},
                     {.name = "ui", .count = cpus, .steps = Interactive()}}};
}

Workload Pinned(int) {
  return {.groups = {{.name = "pinned",
                      .count = 300,
                      .allowed = CpuSet::Only(CpuId(0)),
                      .steps = {Run(Seconds(1))}}}};
}

Workload Crowd(int cpus) {
  return {.groups = {{.name = "crowd",
                      .count = 2000,
                      .allowed = CpuSet::Only(CpuId(0)),
                      .steps = {Sleep(Millis(200), Millis(800)), Run(Micros(20), Micros(60))}},
                     {.name = "hog", .count = cpus, .steps = {Run(Seconds(1))}}}};
}

Workload FewSlots(int cpus) {
  return {.groups = {{.name = "slotted", .count = cpus, .steps = {Run(Seconds(1))}},
                     {.name = "slotless", .count = cpus + 1, .steps = {Run(Seconds(1))}}},
          .setting = {.max_tasks = static_cast<uint32_t>(cpus) + 1}};
}

Workload Hotpluggable(int cpus) {
  return {.groups = {{.name = "hog", .count = 2 * cpus, .steps = {Run(Seconds(1))}},
                     {.name = "nice10", .count = cpus, .nice = 10, .steps = {Run(Seconds(1))}},
                     {.name = "short",
                      .count = 4 * cpus,
                      .steps = {Sleep(Millis(1), Millis(2)), Run(Micros(200), Micros(400))}},
                     {.name = "ui", .steps = {Sleep(Millis(5)), Run(Micros(300))}}},
          .setting = {.possible_cpus = 64}};
}

Workload IdleClass(int cpus) {
  const std::pair<const char*, unsigned int> policies[] = {
      {"normal", kSchedNormal}, {"batch", kSchedBatch}, {"idle", kSchedIdle}};
  std::vector<TaskGroup> groups;
  for (const auto& [name, policy] : policies) {
    groups.push_back({.name = name, .count = cpus, .policy = policy, .steps = {Run(Seconds(1))}});
  }
  return {.groups = groups};
}

Workload AgentCpu(int cpus) {
  return {.groups = {{.name = "ui", .count = cpus, .per_cpu = true, .steps = Interactive()}},
          .setting = {.agent_allowed = CpuSet::Only(CpuId(cpus - 1))}};
}

struct Harsh {
  absl::string_view name;
  absl::string_view help;
  Workload (*make)(int cpus);
};

constexpr Harsh kHarsh[] = {
    {"agent_cpu", "an interactive task of each CPU, and an agent that may use the last CPU only",
     AgentCpu},
    {"busy_kthreads", "two kernel threads and a task that never sleep, on one CPU", BusyKthreads},
    {"crowd", "2,000 tasks of one CPU that seldom run, beside a hog a CPU", Crowd},
    {"few_slots", "more hogs than the dispatcher has slots", FewSlots},
    {"hotpluggable", "hogs of nice 0 and 10, short and interactive tasks; 64 possible CPUs",
     Hotpluggable},
    {"idle_class", "a CPU hog a CPU in each of SCHED_OTHER, SCHED_BATCH and SCHED_IDLE", IdleClass},
    {"kthreads", "kernel threads that sleep and wake, beside hogs and interactive tasks", Kthreads},
    {"pinned", "300 hogs of one CPU", Pinned},
    {"realtime", "a SCHED_FIFO hog, and four periodic tasks of its CPU", Realtime},
};

struct Builtin {
  absl::string_view name;
  absl::string_view help;
  std::vector<TaskGroup> (*make)(int cpus);
};

constexpr Builtin kBuiltins[] = {
    {"bursts", "three tasks a CPU that run and sleep for random times", Bursts},
    {"forks", "a parent a CPU that forks children of up to 1 ms", ForkStorm},
    {"hogs", "two CPU hogs a CPU", Hogs},
    {"lock_convoy", "four tasks a CPU that share a mutex for 10 us at a time, beside a hog a CPU",
     LockConvoy},
    {"mixed", "pipes, hogs, nice batch jobs and interactive tasks", Mixed},
    {"nice", "a CPU hog a CPU at each of nice -5, 0, 5 and 10", NiceMix},
    {"periodic", "a task every 5 ms a CPU, beside one hog more than CPUs", PeriodicGroups},
    {"pipes", "two pairs a CPU that pass a message to and fro", PipePairs},
    {"yielders", "four tasks a CPU that yield every 20 us", Yielders},
};

}  // namespace

absl::StatusOr<Workload> BuiltinWorkload(absl::string_view name, int nr_cpus) {
  for (const Builtin& builtin : kBuiltins) {
    if (builtin.name == name) return Workload{std::string(name), builtin.make(nr_cpus)};
  }
  for (const Harsh& harsh : kHarsh) {
    if (harsh.name != name) continue;
    Workload workload = harsh.make(nr_cpus);
    workload.name = std::string(name);
    return workload;
  }
  return absl::NotFoundError(absl::StrCat("there is no workload \"", name, "\": choose one of ",
                                          absl::StrJoin(BuiltinWorkloadNames(), ", "), ", ",
                                          absl::StrJoin(HarshWorkloadNames(), ", ")));
}

std::vector<std::string> BuiltinWorkloadNames() {
  std::vector<std::string> names;
  for (const Builtin& builtin : kBuiltins) names.emplace_back(builtin.name);
  return names;
}

std::vector<std::string> HarshWorkloadNames() {
  std::vector<std::string> names;
  for (const Harsh& harsh : kHarsh) names.emplace_back(harsh.name);
  return names;
}

std::string BuiltinWorkloads() {
  std::string out;
  for (const Builtin& b : kBuiltins) absl::StrAppend(&out, b.name, ": ", b.help, "\n");
  for (const Harsh& h : kHarsh) absl::StrAppend(&out, h.name, ": ", h.help, "\n");
  out.pop_back();
  return out;
}

}  // namespace scxx::sim
