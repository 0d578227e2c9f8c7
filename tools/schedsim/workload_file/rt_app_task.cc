// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/rt_app_task.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/base/cpu_set.h"
#include "framework/base/units.h"
#include "framework/sim/core/kernel_types.h"
#include "tools/schedsim/workload_file/rt_app_values.h"

namespace scxx {
namespace {

constexpr int64_t kMaxLoops = 1'000'000'000;

class TaskReader {
 public:
  TaskReader(const JsonDocument& document, RtAppTogether* all) : document_(document), all_(*all) {}

  absl::StatusOr<sim::TaskGroup> Read(const JsonNode& node) {
    absl::Status status = CheckObject(document_, node, RepeatedKeys::kAny);
    Task task;
    for (const JsonNode& member : document_.Members(node)) {
      if (status.ok() && !IsRtAppStep(member.key)) status = RefuseRepeated(document_, member);
      if (status.ok()) status = ReadTaskMember(member, node.key, &task);
    }
    sim::TaskGroup group{.name = node.key, .count = static_cast<int>(task.instances)};
    if (status.ok()) status = SetBirth(node, task.own.said, &group);
    if (!status.ok()) return status;
    if (task.delay > Nanos::Zero()) group.steps.push_back(sim::Delay(task.delay));
    group.repeat_from = static_cast<uint32_t>(group.steps.size());
    status =
        task.phases ? AddPhases(*task.phases, task.own, &group) : AddTask(node, task.own, &group);
    if (!status.ok()) return status;
    return group;
  }

 private:
  struct Phase {
    int64_t loops = 1;  // -1: for ever
    RtAppAttributes said = {};
    std::vector<RtAppStep> steps = {};
    std::optional<RtAppStep> change = {};  // before its steps, once
  };

  struct Task {
    Phase own{.loops = -1};
    std::optional<JsonNode> phases = {};
    Nanos delay = {};
    int64_t instances = 1;
  };

  absl::Status ReadTaskMember(const JsonNode& node, const std::string& name, Task* task) {
    if (node.key == "phases" || node.key == "delay" || node.key == "instance") {
      if (node.is_null()) return absl::OkStatus();
      if (node.key == "delay") return Assign(ReadMicros(document_, node), &task->delay);
      if (node.key == "instance") {
        return Assign(ReadInteger(document_, node, "a number of instances", 0, kMaxRtAppInstances),
                      &task->instances);
      }
      task->phases = node;
      return absl::OkStatus();
    }
    absl::Status status = ReadMember(node, name, &task->own);
    if (status.ok() && node.key == "runtime" && !node.repeated) {
      status = ReadRtAppAttribute(document_, node, all_.nr_cpus, &all_.taskgroups, &task->own.said);
    }
    return status;
  }

  // What a task is as long as no phase says anything else.
  absl::Status SetBirth(const JsonNode& node, const RtAppAttributes& said, sim::TaskGroup* group) {
    const absl::StatusOr<sim::SchedClass> birth = SchedClassOf(document_, node, said, all_.birth);
    if (!birth.ok()) return birth.status();
    group->policy = birth->policy;
    group->nice = birth->nice;
    group->budget = birth->budget;
    group->allowed = said.cpus;
    group->cgroup = said.cgroup.value_or(group->cgroup);
    return absl::OkStatus();
  }

  // ---- steps ----

  // What a task and a phase have in common.
  absl::Status ReadMember(const JsonNode& node, const std::string& task, Phase* phase) {
    if (IsRtAppStep(node.key)) return AddStep(node, task, &phase->steps);
    const absl::Status once = RefuseRepeated(document_, node);
    if (!once.ok()) return once;
    if (node.key == "loop") {
      return node.is_null() ? absl::OkStatus() : Assign(ReadLoop(node), &phase->loops);
    }
    if (IsRtAppAttribute(node.key)) {
      return ReadRtAppAttribute(document_, node, all_.nr_cpus, &all_.taskgroups, &phase->said);
    }
    return document_.Wrong(
        node,
        "unknown key; a task has instance, delay, and phases, and both have loop, cpus, priority, "
        "policy, dl-runtime, dl-period, dl-deadline, taskgroup and steps (run, sleep, lock, ...)");
  }

  absl::StatusOr<int64_t> ReadLoop(const JsonNode& node) {
    absl::StatusOr<int64_t> loops =
        ReadInteger(document_, node, "-1 (for ever), or a number of times", -1, kMaxLoops);
    if (loops.ok() && *loops == 0) {
      return document_.Expected(node, "-1 (for ever), or a number of times above 0");
    }
    return loops;
  }

  absl::Status AddStep(const JsonNode& node, const std::string& task,
                       std::vector<RtAppStep>* steps) {
    const absl::StatusOr<std::vector<sim::Step>> more = ReadRtAppStep(document_, node,
                                                                      {.task = task,
                                                                       .tasks = all_.tasks,
                                                                       .locks = &all_.locks,
                                                                       .timers = &all_.timers,
                                                                       .before = *steps});
    if (!more.ok()) return more.status();
    const auto at = std::make_shared<const JsonNode>(node);
    for (const sim::Step& step : *more) steps->push_back({step, at});
    return absl::OkStatus();
  }

  // A task's steps one after another, but that each phase comes twice at most: what goes wrong with
  // locks goes wrong by then.
  struct Course {
    int64_t loops = 1;
    std::vector<RtAppStep> steps = {};
    size_t repeat_from = 0;
  };

  absl::Status AddTask(const JsonNode& node, const Phase& own, sim::TaskGroup* group) {
    AddSteps(own.steps, group);
    return Finish(node, {.loops = own.loops, .steps = own.steps}, group);
  }

  static void AddSteps(const std::vector<RtAppStep>& steps, sim::TaskGroup* group) {
    for (const RtAppStep& one : steps) group->steps.push_back(one.step);
  }

  absl::Status Finish(const JsonNode& node, const Course& course, sim::TaskGroup* group) {
    if (course.steps.empty()) {
      return document_.Wrong(node, "expected a step at least, like \"run\": 1000");
    }
    group->loops = course.loops < 0 ? 0 : static_cast<uint32_t>(course.loops);
    return all_.locks.CheckTask(document_, {.steps = course.steps,
                                            .repeat_from = course.repeat_from,
                                            .repeats = course.loops != 1,
                                            .ends = course.loops >= 0});
  }

  // Beside phases a "runtime" of SCHED_DEADLINE is its budget and no step.
  static bool HasSteps(const Phase& own, unsigned int policy) {
    const bool budget = policy == sim::kSchedDeadline && !own.said.dl.runtime;
    return std::any_of(own.steps.begin(), own.steps.end(),
                       [&](const RtAppStep& step) { return !budget || step.at->key != "runtime"; });
  }

  // Phases one after another, those with a number of loops as often as that. One for ever is the
  // last, and then what the task repeats is this phase alone.
  absl::Status AddPhases(const JsonNode& node, const Phase& own, sim::TaskGroup* group) {
    absl::Status status = CheckObject(document_, node, RepeatedKeys::kAny);
    if (status.ok() && HasSteps(own, group->policy)) {
      status =
          document_.Wrong(node, "expected phases or steps, not both: put the steps into a phase");
    }
    if (!status.ok()) return status;
    absl::StatusOr<std::vector<Phase>> phases = ReadPhases(node, group->name);
    if (!phases.ok()) return phases.status();
    status = AddChanges(document_.Members(node), &*phases, group);
    if (!status.ok()) return status;
    Course course{.loops = own.loops};
    for (const Phase& phase : *phases) AddPhase(phase, &course, group);
    return Finish(node, course, group);
  }

  static void AddPhase(const Phase& phase, Course* course, sim::TaskGroup* group) {
    if (phase.change) {
      group->steps.push_back(phase.change->step);
      course->steps.push_back(*phase.change);
    }
    if (phase.loops < 0) {
      // The change that it begins with need not come again.
      group->repeat_from = static_cast<uint32_t>(group->steps.size());
      course->repeat_from = course->steps.size();
      course->loops = -1;
    }
    AddRounds(phase, group);
    for (int64_t i = 0; i < std::clamp<int64_t>(phase.loops, 1, 2); ++i) {
      course->steps.insert(course->steps.end(), phase.steps.begin(), phase.steps.end());
    }
  }

  static void AddRounds(const Phase& phase, sim::TaskGroup* group) {
    const auto first = static_cast<uint32_t>(group->steps.size());
    AddSteps(phase.steps, group);
    if (phase.loops < 2) return;
    group->steps.push_back(sim::Again(first, static_cast<uint32_t>(phase.loops)));
  }

  absl::StatusOr<std::vector<Phase>> ReadPhases(const JsonNode& node, const std::string& task) {
    std::vector<Phase> phases;
    for (const JsonNode& member : document_.Members(node)) {
      if (!phases.empty() && phases.back().loops < 0) {
        return document_.Wrong(member, "comes after a phase that loops for ever");
      }
      absl::StatusOr<Phase> phase = ReadPhase(member, task);
      if (!phase.ok()) return phase.status();
      phases.push_back(*std::move(phase));
    }
    return phases;
  }

  // A phase without CPUs of its own has the task's, and all else stays until another phase says it.
  absl::Status AddChanges(const std::vector<JsonNode>& nodes, std::vector<Phase>* phases,
                          sim::TaskGroup* group) {
    const bool cpus = std::any_of(phases->begin(), phases->end(),
                                  [](const Phase& phase) { return phase.said.cpus.has_value(); });
    sim::SchedClass now{.policy = group->policy, .nice = group->nice, .budget = group->budget};
    for (size_t i = 0; i < phases->size(); ++i) {
      Phase& phase = (*phases)[i];
      sim::Attributes change{.cgroup = phase.said.cgroup};
      if (cpus) {
        change.allowed =
            phase.said.cpus.value_or(group->allowed.value_or(CpuSet::FirstN(all_.nr_cpus)));
      }
      if (phase.said.ChangeClass(now.policy)) {
        const absl::StatusOr<sim::SchedClass> next =
            SchedClassOf(document_, nodes[i], phase.said, now);
        if (!next.ok()) return next.status();
        change.sched_class = now = *next;
      }
      if (!change.allowed && !change.sched_class && !change.cgroup) continue;
      phase.change = RtAppStep{sim::Change(static_cast<uint32_t>(group->changes.size())),
                               std::make_shared<const JsonNode>(nodes[i])};
      group->changes.push_back(change);
    }
    return absl::OkStatus();
  }

  absl::Status RefuseOld(const JsonNode& node) {
    if (node.key != "period" && node.key != "deadline") return absl::OkStatus();
    return document_.Wrong(node, absl::StrCat("unknown key of a phase; expected dl-", node.key));
  }

  absl::StatusOr<Phase> ReadPhase(const JsonNode& node, const std::string& task) {
    absl::Status status = CheckObject(document_, node, RepeatedKeys::kAny);
    Phase phase;
    for (const JsonNode& member : document_.Members(node)) {
      if (status.ok()) status = RefuseOld(member);
      if (status.ok()) status = ReadMember(member, task, &phase);
    }
    if (!status.ok()) return status;
    if (phase.steps.empty()) {
      return document_.Wrong(node, "expected a step at least, like \"run\": 1000");
    }
    return phase;
  }

  const JsonDocument& document_;
  RtAppTogether& all_;
};

}  // namespace

absl::StatusOr<sim::TaskGroup> ReadRtAppTask(const JsonDocument& document, const JsonNode& node,
                                             RtAppTogether* all) {
  return TaskReader(document, all).Read(node);
}

}  // namespace scxx
