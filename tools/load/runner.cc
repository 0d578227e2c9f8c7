// SPDX-License-Identifier: Apache-2.0
#include "tools/load/runner.h"

#include <algorithm>

#include "framework/base/duration.h"
#include "tools/load/clock.h"
#include "tools/load/counters.h"

namespace scxx::load {
namespace {

// How long tasks may take to see the stop: longer than any scheduler's watchdog (30 s).
constexpr Nanos kStopGrace = Seconds(60);

void AddSlot(const TaskSlot& slot, Instant now, ClassResult& c) {
  const int64_t ops = slot.ops.load();
  const bool finished = slot.has_finished();
  const Instant end = finished ? slot.finished.load() : now;
  c.min_ops = c.tasks == 0 ? ops : std::min(c.min_ops, ops);
  c.max_ops = std::max(c.max_ops, ops);
  c.ops += ops;
  ++c.tasks;
  // The last stretch counts too: a task that was starved to the end has no stamp to show for it.
  c.max_gap = std::max({c.max_gap, slot.max_gap.load(), end - slot.last.load()});
  c.max_wait = std::max({c.max_wait, slot.max_wait.load(), end - slot.due.load()});
  if (!finished) {
    ++c.unfinished;
    return;
  }
  c.usage.voluntary_switches += slot.usage.voluntary_switches;
  c.usage.involuntary_switches += slot.usage.involuntary_switches;
  c.usage.cpu += slot.usage.cpu;
  c.usage.run_delay += slot.usage.run_delay;
  c.latency.Merge(slot.latency);
}

ClassResult& ClassNamed(const std::string& name, std::vector<ClassResult>& classes) {
  for (ClassResult& c : classes) {
    if (c.name == name) return c;
  }
  classes.emplace_back().name = name;
  return classes.back();
}

void CollectTasks(const Crew& crew, LoadResult& result) {
  const Instant now = Now();
  for (size_t i = 0; i < crew.size(); ++i) {
    AddSlot(crew.slot(i), now, ClassNamed(crew.member(i).task_class, result.classes));
    if (crew.member(i).role == Crew::Role::kForeground) result.ops += crew.slot(i).ops.load();
  }
}

Instant LastForegroundFinish(const Crew& crew) {
  Instant last;
  for (size_t i = 0; i < crew.size(); ++i) {
    if (crew.member(i).role != Crew::Role::kForeground) continue;
    last = std::max(last, crew.slot(i).finished.load());
  }
  return last;
}

// From the opened gate until every task has ended, or has had its chance to.
void Conduct(const Workload& workload, const RunSettings& settings, pid_t fault_target, Crew& crew,
             LoadResult& result) {
  const Instant start = crew.Open();
  const bool timed = workload.duration() != absl::InfiniteDuration();
  const Instant end = start + FromDuration(timed ? workload.duration() : settings.limit);
  const auto wait_until = [&](Instant time) {
    return crew.AwaitForeground(std::min(time, end)) || time >= end;
  };
  const bool happened = InjectFault(settings.fault, fault_target, start, wait_until);
  if (result.fault.has_value()) result.fault->happened = happened;
  const bool done = crew.AwaitForeground(end);
  const Instant stop = Now();
  crew.Stop();
  const bool all_ended = crew.AwaitAll(stop + kStopGrace);
  result.stalled = !all_ended || (!timed && !done);
  result.wall = (done ? LastForegroundFinish(crew) : stop) - start;
}

absl::StatusOr<pid_t> FaultTarget(const FaultPlan& fault, LoadResult& result) {
  if (fault.kind == FaultPlan::Kind::kNone) return 0;
  absl::StatusOr<pid_t> pid = FindProcess(fault.target);
  if (!pid.ok()) return pid;
  result.fault = FaultResult{.kind = FaultName(fault.kind),
                             .target_pid = *pid,
                             .at = FromDuration(fault.at),
                             .lasting = FromDuration(fault.lasting)};
  return pid;
}

LoadResult Describe(Workload& workload) {
  FlagSet flags;
  workload.RegisterFlags(flags);
  LoadResult result;
  result.workload = workload.name();
  result.unit = workload.unit();
  result.options = flags.Values();
  return result;
}

}  // namespace

absl::StatusOr<LoadResult> RunLoad(Workload& workload, const RunSettings& settings) {
  LoadResult result = Describe(workload);
  const absl::StatusOr<pid_t> target = FaultTarget(settings.fault, result);
  if (!target.ok()) return target.status();
  const ScopedAffinity affinity(settings.cpus);
  if (!affinity.status().ok()) return affinity.status();

  InstructionCounter instructions;  // Opened before the fork: children inherit it.
  Crew crew;
  if (absl::Status built = workload.Build(crew); !built.ok()) return built;
  const absl::Status started = crew.Start(settings.seed, Now() + FromDuration(settings.limit));
  if (!started.ok()) return started;
  SleepUntil(Now() + FromDuration(settings.settle));

  result.before = SchedExtSysfs().Snapshot();
  const int64_t switches = ReadMachineSwitches();
  instructions.Start();
  Conduct(workload, settings, *target, crew, result);
  result.instructions = instructions.Stop();
  result.machine_switches = ReadMachineSwitches() - switches;
  result.after = SchedExtSysfs().Snapshot();
  CollectTasks(crew, result);
  workload.Summarize(result);
  return result;
}

}  // namespace scxx::load
