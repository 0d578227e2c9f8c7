// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/bimodal.h"

#include "framework/base/duration.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"

namespace scxx::load {
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

}  // namespace scxx::load
