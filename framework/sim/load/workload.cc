// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/load/workload.h"

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
  return absl::NotFoundError(absl::StrCat("there is no workload \"", name, "\": choose one of ",
                                          absl::StrJoin(BuiltinWorkloadNames(), ", ")));
}

std::vector<std::string> BuiltinWorkloadNames() {
  std::vector<std::string> names;
  for (const Builtin& builtin : kBuiltins) names.emplace_back(builtin.name);
  return names;
}

std::string BuiltinWorkloads() {
  return absl::StrJoin(kBuiltins, "\n", [](std::string* out, const Builtin& b) {
    absl::StrAppend(out, b.name, ": ", b.help);
  });
}

}  // namespace scxx::sim
