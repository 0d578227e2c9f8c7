// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/periodic.h"

#include <algorithm>

#include "framework/base/duration.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"
#include "tools/load/workloads/hog.h"

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

void Periodic::RegisterFlags(FlagSet& flags) {
  flags.Duration("period", &options_.period, "time between two wakeups");
  flags.Int64("work", &options_.work, {0}, "iterations of work a period");
  flags.Duration("work_time", &options_.work_time, "work this long a period instead (calibrated)");
  flags.Int("hogs", &options_.hogs, {0, 1000}, "CPU hogs beside it");
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
  AddBackgroundHogs(options_.hogs, crew);
  return absl::OkStatus();
}

void Periodic::Summarize(LoadResult& result) const {
  const int64_t periods = result.wall / FromDuration(options_.period);
  result.figures.emplace_back("missed_periods", std::max<double>(periods - result.ops, 0));
}

}  // namespace scxx::load
