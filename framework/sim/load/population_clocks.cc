// SPDX-License-Identifier: Apache-2.0
// The part of Population that is about clocks: how long a task goes on running, and until when it
// sleeps.

#include <algorithm>

#include "framework/sim/load/population.h"

namespace scxx::sim {

// ---- running ----

Nanos Population::BurstLeft(Task& task) {
  const task_struct& p = task.kernel;
  const Nanos burst = task.runs_until ? *task.runs_until - queue_.now() : Nanos(p.burst);
  return p.policy == kSchedDeadline ? std::min(burst, BudgetLeft(task)) : burst;
}

bool Population::HasRun(const Task& task) const {
  return task.runs_until ? queue_.now() >= *task.runs_until : task.kernel.burst <= 0;
}

// A period begins when the task runs after the end of the last one.
Nanos Population::BudgetLeft(Task& task) {
  const Nanos used = core_->CpuTime(task.kernel);
  if (queue_.now() >= task.period_end) {
    task.period_end = queue_.now() + task.budget.period;
    task.period_began_with = used;
  }
  return task.budget.runtime - (used - task.period_began_with);
}

void Population::Throttle(Task& task, int cpu) {
  task.throttled = true;
  SleepUntil(task, std::max(task.period_end, queue_.now()), cpu);
}

// ---- sleeping ----

bool Population::DoDelay(Task& task, Nanos time, int cpu) {
  task.first_due = began_ + time;
  if (task.first_due <= queue_.now()) return false;
  SleepUntil(task, task.first_due, cpu);
  return true;
}

void Population::DoPeriod(Task& task, Nanos period, int cpu) {
  const int64_t periods = (queue_.now() - task.began) / period + 1;
  SleepUntil(task, task.began + period * periods, cpu);
}

bool Population::DoTimer(Task& task, const Step& step, int cpu) {
  const std::vector<TimerSpec>& specs = workload_.timers;
  const TimerSpec spec = step.object < specs.size() ? specs[step.object] : TimerSpec{};
  Timers& timers = spec.shared ? timers_ : task.timers;
  Instant& due = timers.try_emplace(step.object, task.first_due).first->second;
  due += step.time;
  if (due > queue_.now()) {
    SleepUntil(task, due, cpu);
    return true;
  }
  if (!spec.absolute) due = queue_.now();
  return false;
}

}  // namespace scxx::sim
