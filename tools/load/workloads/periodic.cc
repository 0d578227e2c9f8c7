// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/periodic.h"

#include "tools/load/burn.h"
#include "tools/load/clock.h"
#include "tools/load/workloads/hog.h"

namespace scxx::load {

void RunPeriodically(Task& task, int64_t period_ns, int64_t work_iterations) {
  int64_t due_ns = task.start_ns() + period_ns;
  while (!task.stopping()) {
    task.Due(due_ns);
    SleepUntilNs(due_ns);  // The task's own timer, as real periodic programs have it.
    const int64_t now_ns = task.Progress();
    task.RecordLatency(now_ns - due_ns);
    Burn(work_iterations);
    const int64_t done_ns = NowNs();
    do {
      due_ns += period_ns;
    } while (due_ns <= done_ns);
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
  const int64_t period_ns = absl::ToInt64Nanoseconds(options_.period);
  const int64_t work_ns = absl::ToInt64Nanoseconds(options_.work_time);
  const int64_t work = work_ns > 0 ? CalibrateBurn(work_ns) : options_.work;
  crew.Add("periodic", [=](Task& task) { RunPeriodically(task, period_ns, work); });
  AddBackgroundHogs(options_.hogs, crew);
  return absl::OkStatus();
}

void Periodic::Summarize(LoadResult& result) const {
  const int64_t periods = result.wall_ns / absl::ToInt64Nanoseconds(options_.period);
  result.figures.emplace_back("missed_periods", static_cast<double>(periods - result.ops));
}

}  // namespace scxx::load
