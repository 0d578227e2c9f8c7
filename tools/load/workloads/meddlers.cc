// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/meddlers.h"

#include <sched.h>
#include <sys/resource.h>

#include <utility>

#include "tools/load/affinity.h"
#include "tools/load/burn.h"
#include "tools/load/clock.h"

namespace scxx::load {
namespace {

void RegisterMeddleFlags(MeddleOptions& options, FlagSet& flags) {
  flags.Int("tasks", &options.tasks, {1, 10'000}, "tasks that meddle");
  flags.Int64("steps", &options.steps, {1}, "steps a task");
  flags.Int64("work", &options.work, {0}, "iterations of work a step, at most");
}

// Runs for a random while, then sometimes yields or sleeps.
void SpendStep(Task& task, int64_t work) {
  Burn(task.random().Between(0, work));
  switch (task.random().Below(8)) {
    case 0:
      sched_yield();
      break;
    case 1:
      task.SleepUntil(Now() + Micros(task.random().Between(50, 500)));
      break;
    default:
      break;
  }
}

pid_t RandomTask(Task& task) { return task.tid_of(task.random().Below(task.num_tasks())); }

// Half of the time the task itself, which a thread id of 0 means.
pid_t PickVictim(Task& task) { return task.random().Below(2) == 0 ? 0 : RandomTask(task); }

CpuId RandomCpu(const CpuSet& cpus, Random& random) {
  CpuId cpu = cpus.First();
  for (uint64_t skip = random.Below(cpus.size()); skip > 0; --skip) cpu = cpus.After(cpu);
  return cpu;
}

CpuSet RandomSubset(const CpuSet& cpus, Random& random) {
  CpuSet subset;
  for (const CpuId cpu : cpus) {
    if (random.Below(2) == 0) subset.Add(cpu);
  }
  if (subset.empty()) subset.Add(RandomCpu(cpus, random));
  return subset;
}

// Only what held both before and after counts: others change this task's affinity meanwhile.
bool LooksOutsideAffinity() {
  const CpuSet before = AllowedCpus();
  const CpuId cpu(sched_getcpu());
  return AllowedCpus() == before && !before.Contains(cpu);
}

// They may change it to something else and back between two looks, but hardly three times in a row;
// a task that runs where it may not is there for longer than that.
bool OutsideAffinity() {
  for (int look = 0; look < 3; ++look) {
    if (!LooksOutsideAffinity()) return false;
  }
  return true;
}

}  // namespace

void AffinityMeddlers::RegisterFlags(FlagSet& flags) { RegisterMeddleFlags(options_, flags); }

absl::Status AffinityMeddlers::Build(Crew& crew) {
  auto violations = SharedArray<std::atomic<int64_t>>::Create(1);
  if (!violations.ok()) return violations.status();
  violations_ = std::make_shared<SharedArray<std::atomic<int64_t>>>(*std::move(violations));
  const CpuSet allowed = AllowedCpus();
  for (int i = 0; i < options_.tasks; ++i) {
    crew.Add("meddler", [=, options = options_, violations = violations_](Task& task) {
      for (int64_t step = 0; step < options.steps && !task.stopping(); ++step) {
        SetAllowedCpus(PickVictim(task), RandomSubset(allowed, task.random()));
        if (OutsideAffinity()) (*violations)[0].fetch_add(1);
        SpendStep(task, options.work);
        task.Progress();
      }
    });
  }
  return absl::OkStatus();
}

void AffinityMeddlers::Summarize(LoadResult& result) const {
  result.figures.emplace_back("violations", static_cast<double>((*violations_)[0].load()));
}

void NiceMeddlers::RegisterFlags(FlagSet& flags) { RegisterMeddleFlags(options_, flags); }

absl::Status NiceMeddlers::Build(Crew& crew) {
  for (int i = 0; i < options_.tasks; ++i) {
    crew.Add("meddler", [options = options_](Task& task) {
      for (int64_t step = 0; step < options.steps && !task.stopping(); ++step) {
        const pid_t victim = PickVictim(task);
        setpriority(PRIO_PROCESS, victim, static_cast<int>(task.random().Below(20)));
        SpendStep(task, options.work);
        task.Progress();
      }
    });
  }
  return absl::OkStatus();
}

}  // namespace scxx::load
