// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/idle.h"

#include "framework/base/duration.h"
#include "framework/base/units.h"

namespace scxx::load {

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
