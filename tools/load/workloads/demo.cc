// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/demo.h"

#include "tools/load/clock.h"
#include "tools/load/workloads/hogs.h"
#include "tools/load/workloads/lifetimes.h"
#include "tools/load/workloads/messages.h"
#include "tools/load/workloads/sleepers.h"

namespace scxx::load {
namespace {

// 5, 8, 11, ... ms, so that they drift past one another.
constexpr Nanos kShortestPeriod = Millis(5);
constexpr Nanos kPeriodStep = Millis(3);
constexpr int64_t kSleeperWork = 250;

constexpr Nanos kForkPause = Millis(10);
constexpr int64_t kForkWork = 100;

void Sleeper(Task& task) {
  RunPeriodically(task, kShortestPeriod + kPeriodStep * task.index(), kSleeperWork);
}

void Forker(Task& task) {
  for (Instant due = task.start(); !task.stopping(); due = Now() + kForkPause) {
    task.SleepUntil(due);
    task.Due(due);
    const Instant start = Now();
    if (!ForkOnce("", kForkWork)) return;
    task.RecordLatency(task.Progress() - start);
  }
}

}  // namespace

void Demo::RegisterFlags(FlagSet& flags) {
  flags.Int("sleepers", &options_.sleepers, {0, 1000}, "tasks that sleep and wake periodically");
  flags.Int("pairs", &options_.pairs, {0, 1000}, "pairs of processes that pass messages");
  flags.Int("hogs", &options_.hogs, {0, 1000}, "CPU hogs");
  flags.Int("forkers", &options_.forkers, {0, 1000}, "processes that fork short-lived children");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status Demo::Build(Crew& crew) {
  for (int i = 0; i < options_.sleepers; ++i) crew.Add("sleeper", Sleeper);
  for (int i = 0; i < options_.pairs; ++i) {
    if (absl::Status added = AddPingPong({}, crew); !added.ok()) return added;
  }
  for (int i = 0; i < options_.hogs; ++i) crew.Add("hog", Hog);
  for (int i = 0; i < options_.forkers; ++i) crew.Add("forker", Forker);
  return absl::OkStatus();
}

}  // namespace scxx::load
