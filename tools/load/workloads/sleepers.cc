// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/sleepers.h"

#include <algorithm>

#include "framework/base/duration.h"
#include "framework/base/units.h"
#include "tools/load/affinity.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"
#include "tools/load/workloads/hogs.h"

namespace scxx::load {

void RunPeriodically(Task& task, Nanos period, int64_t work_iterations) {
  Instant due = task.start() + period;
  while (!task.stopping()) {
    task.Due(due);
    SleepUntil(due);  // The task's own timer, as real periodic programs have it.
    const Instant now = task.Progress();
    task.RecordLatency(now - due);
    Burn(work_iterations);
    const Instant done = Now();
    do {
      due += period;
    } while (due <= done);
  }
}

namespace {

void AddPinned(Nanos period, int64_t work, Crew& crew) {
  for (const CpuId cpu : AllowedCpus()) {
    const auto body = [=](Task& task) {
      SetAllowedCpus(0, CpuSet::Only(cpu));
      RunPeriodically(task, period, work);
    };
    crew.Add("pinned", body, Crew::Role::kBackground);
  }
}

}  // namespace

void Periodic::RegisterFlags(FlagSet& flags) {
  flags.Duration("period", &options_.period, "time between two wakeups");
  flags.Int64("work", &options_.work, {0}, "iterations of work a period");
  flags.Duration("work_time", &options_.work_time, "work this long a period instead (calibrated)");
  flags.Int("hogs", &options_.hogs, {0, 1000}, "CPU hogs beside it");
  flags.Bool("pinned", &options_.pinned, "besides, one such task pinned to each CPU");
  flags.Duration("duration", &options_.duration, "how long to run");
}

absl::Status Periodic::Build(Crew& crew) {
  if (options_.period <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--period must be greater than zero");
  }
  const Nanos period = FromDuration(options_.period);
  const Nanos work_time = FromDuration(options_.work_time);
  const int64_t work = work_time > Nanos() ? CalibrateBurn(work_time) : options_.work;
  crew.Add("periodic", [=](Task& task) { RunPeriodically(task, period, work); });
  if (options_.pinned) AddPinned(period, work, crew);
  AddBackgroundHogs(options_.hogs, crew);
  return absl::OkStatus();
}

void Periodic::Summarize(LoadResult& result) const {
  const int64_t periods = result.wall / FromDuration(options_.period);
  result.figures.emplace_back("missed_periods", std::max<double>(periods - result.ops, 0));
}

namespace {

// A random pause, then a job, timed from when the pause should have ended.
void DoJob(Task& task, Nanos mean_pause, int64_t work) {
  const Instant arrival = Now() + Nanos(task.random().Between(0, 2 * mean_pause.count()));
  task.SleepUntil(arrival);
  if (task.stopping()) return;
  task.Due(arrival);
  Burn(work);
  task.RecordLatency(task.Progress() - arrival);
}

}  // namespace

void Bimodal::RegisterFlags(FlagSet& flags) {
  flags.Int("short_tasks", &options_.short_tasks, {1, 10'000}, "tasks with short jobs");
  flags.Int64("jobs", &options_.jobs, {1}, "jobs a short task");
  flags.Int64("short_work", &options_.short_work, {0}, "iterations of a short job");
  flags.Int("long_tasks", &options_.long_tasks, {0, 10'000}, "tasks with long jobs");
  flags.Int64("long_work", &options_.long_work, {0}, "iterations of a long job");
  flags.Duration("pause", &options_.pause, "mean pause between a task's jobs");
}

absl::Status Bimodal::Build(Crew& crew) {
  const Options options = options_;
  const Nanos pause = FromDuration(options.pause);
  for (int i = 0; i < options.short_tasks; ++i) {
    crew.Add("short", [=](Task& task) {
      for (int64_t job = 0; job < options.jobs && !task.stopping(); ++job) {
        DoJob(task, pause, options.short_work);
      }
    });
  }
  for (int i = 0; i < options.long_tasks; ++i) {
    const auto body = [=](Task& task) {
      while (!task.stopping()) DoJob(task, pause, options.long_work);
    };
    crew.Add("long", body, Crew::Role::kBackground);
  }
  return absl::OkStatus();
}

void Idle::RegisterFlags(FlagSet& flags) {
  flags.Duration("duration", &options_.duration, "how long to do nothing");
}

absl::Status Idle::Build(Crew& crew) {
  const Nanos duration = FromDuration(options_.duration);
  crew.Add("sleeper", [=](Task& task) {
    task.Due(task.start() + duration);
    task.SleepUntil(kForever);
  });
  return absl::OkStatus();
}

void Idle::Summarize(LoadResult& result) const {
  const double seconds = absl::ToDoubleSeconds(ToDuration(result.wall));
  result.figures.emplace_back("machine_switches_per_second", result.machine_switches / seconds);
}

}  // namespace scxx::load
