// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/yielders.h"

#include <sched.h>

namespace scxx::load {

void Yielders::RegisterFlags(FlagSet& flags) {
  flags.Int("tasks", &options_.tasks, {1, 10'000}, "tasks that yield");
  flags.Int64("yields", &options_.yields, {1}, "yields a task");
}

absl::Status Yielders::Build(Crew& crew) {
  const int64_t yields = options_.yields;
  for (int i = 0; i < options_.tasks; ++i) {
    crew.Add("yielder", [=](Task& task) {
      for (int64_t done = 0; done < yields && !task.stopping(); ++done) {
        sched_yield();
        task.Progress();
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
