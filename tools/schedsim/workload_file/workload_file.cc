// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/sim/core/kernel_types.h"
#include "framework/sim/load/workload.h"
#include "tools/schedbench/user_path.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_attributes.h"
#include "tools/schedsim/workload_file/rt_app_locks.h"
#include "tools/schedsim/workload_file/rt_app_syntax.h"
#include "tools/schedsim/workload_file/rt_app_values.h"

namespace scxx {
namespace {

constexpr int64_t kMaxInstances = 3'000;  // in all; the dispatcher has 4096 slots
constexpr int64_t kMaxLoops = 1'000'000'000;

// What changes nothing on a simulated machine.
constexpr absl::string_view kIgnoredGlobals[] = {
    "calibration", "cumulative_slack", "frag",       "fragment",        "ftrace",
    "gnuplot",     "io_device",        "lock_pages", "log_basename",    "log_size",
    "log_stats",   "logdir",           "logstats",   "mem_buffer_size", "pi_enabled"};

// One file. A method a level of it; the first error ends the reading.
class Reader {
 public:
  Reader(const JsonDocument& document, int nr_cpus) : document_(document), nr_cpus_(nr_cpus) {}

  absl::Status Read(RtAppFile* file) {
    const JsonNode root = document_.root();
    absl::Status status = CheckObject(document_, root);
    const JsonNode* tasks = nullptr;
    const std::vector<JsonNode> members = document_.Members(root);
    for (const JsonNode& member : members) {
      if (!status.ok()) return status;
      if (member.key == "global") {
        if (!member.is_null()) status = ReadGlobal(member, file);
      } else if (member.key == "resources") {
        status = ReadResources(member);
      } else if (member.key == "tasks") {
        tasks = &member;
      } else {
        status = document_.Wrong(member, "unknown key; a workload has global and tasks");
      }
    }
    if (!status.ok()) return status;
    if (tasks == nullptr) return document_.Wrong(root, "expected a member \"tasks\"");
    return ReadTasks(*tasks, &file->workload);
  }

 private:
  absl::Status ReadGlobal(const JsonNode& node, RtAppFile* file) {
    absl::Status status = CheckObject(document_, node);
    for (const JsonNode& member : document_.Members(node)) {
      if (!status.ok()) return status;
      if (member.key == "duration") {
        if (!member.is_null()) status = ReadDuration(member, file);
      } else if (member.key == "default_policy") {
        if (!member.is_null())
          status = Assign(ReadRtAppPolicy(document_, member), &default_.policy);
      } else if (!IsOneOf(kIgnoredGlobals, member.key)) {
        status = document_.Wrong(member, "unknown key of global");
      }
    }
    return status;
  }

  absl::Status ReadDuration(const JsonNode& node, RtAppFile* file) {
    const absl::StatusOr<int64_t> seconds = ReadSeconds(document_, node);
    if (seconds.ok() && *seconds > 0) file->duration = Seconds(*seconds);
    return seconds.status();
  }

  // rt-app finds most of them where they are used: only what a semaphore is at first is said here.
  absl::Status ReadResources(const JsonNode& node) {
    for (const JsonNode& resource : document_.Members(node)) {
      for (const JsonNode& member : document_.Members(resource)) {
        if (member.key != "value") continue;
        const absl::StatusOr<int64_t> value =
            ReadInteger(document_, member, "a semaphore's value", 0, kMaxLoops);
        if (!value.ok()) return value.status();
        const size_t number = locks_.Semaphore(resource.key);
        semaphores_.resize(std::max(semaphores_.size(), number + 1));
        semaphores_[number] = static_cast<uint32_t>(*value);
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadTasks(const JsonNode& node, sim::Workload* workload) {
    const absl::Status object = CheckObject(document_, node);
    if (!object.ok()) return object;
    const std::vector<JsonNode> members = document_.Members(node);
    if (members.empty()) return document_.Wrong(node, "expected a task at least");
    for (const JsonNode& member : members) {
      if (!IsRtAppName(member.key)) {
        return document_.Wrong(member, absl::StrCat("expected ", RtAppNameOf("a task's")));
      }
      tasks_.emplace(member.key, static_cast<uint32_t>(tasks_.size()));
    }
    int64_t instances = 0;
    for (const JsonNode& member : members) {
      absl::StatusOr<sim::TaskGroup> group = ReadTask(member);
      if (!group.ok()) return group.status();
      if ((instances += group->count) > kMaxInstances) {
        return document_.Wrong(member, absl::StrCat("expected at most ", kMaxInstances,
                                                    " tasks, all instances together"));
      }
      workload->groups.push_back(*std::move(group));
    }
    workload->locks = locks_.names();
    workload->semaphores = semaphores_;
    workload->timers = timers_.specs();
    return locks_.CheckMeetings(document_);
  }

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

  absl::StatusOr<sim::TaskGroup> ReadTask(const JsonNode& node) {
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
        task.phases ? AddPhases(*task.phases, task.own, &group) : AddSteps(node, task.own, &group);
    if (!status.ok()) return status;
    return group;
  }

  absl::Status ReadTaskMember(const JsonNode& node, const std::string& name, Task* task) {
    if (node.key == "phases" || node.key == "delay" || node.key == "instance") {
      if (node.is_null()) return absl::OkStatus();
      if (node.key == "delay") return Assign(ReadMicros(document_, node), &task->delay);
      if (node.key == "instance") {
        return Assign(ReadInteger(document_, node, "a number of instances", 0, kMaxInstances),
                      &task->instances);
      }
      task->phases = node;
      return absl::OkStatus();
    }
    absl::Status status = ReadMember(node, name, &task->own);
    if (status.ok() && node.key == "runtime" && !node.repeated) {
      status = ReadRtAppAttribute(document_, node, nr_cpus_, &taskgroups_, &task->own.said);
    }
    return status;
  }

  // What a task is as long as no phase says anything else.
  absl::Status SetBirth(const JsonNode& node, const RtAppAttributes& said, sim::TaskGroup* group) {
    const absl::StatusOr<sim::SchedClass> birth = SchedClassOf(document_, node, said, default_);
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
      return ReadRtAppAttribute(document_, node, nr_cpus_, &taskgroups_, &phase->said);
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
    const absl::StatusOr<std::vector<sim::Step>> more = ReadRtAppStep(
        document_, node,
        {.task = task, .tasks = tasks_, .locks = &locks_, .timers = &timers_, .before = *steps});
    if (!more.ok()) return more.status();
    const auto at = std::make_shared<const JsonNode>(node);
    for (const sim::Step& step : *more) steps->push_back({step, at});
    return absl::OkStatus();
  }

  absl::Status AddSteps(const JsonNode& node, const Phase& phase, sim::TaskGroup* group) {
    if (phase.steps.empty()) {
      return document_.Wrong(node, "expected a step at least, like \"run\": 1000");
    }
    const absl::Status status =
        locks_.CheckTask(document_, {.steps = phase.steps,
                                     .repeat_from = group->repeat_from - group->steps.size(),
                                     .repeats = phase.loops != 1,
                                     .ends = phase.loops >= 0});
    for (const RtAppStep& one : phase.steps) group->steps.push_back(one.step);
    group->loops = phase.loops < 0 ? 0 : static_cast<uint32_t>(phase.loops);
    return status;
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
    Phase all{.loops = own.loops};
    const std::vector<JsonNode> members = document_.Members(node);
    status = AddChanges(members, &*phases, group);
    for (size_t i = 0; i < members.size() && status.ok(); ++i) {
      const Phase& phase = (*phases)[i];
      if (phase.loops < 0) {
        // The change that it begins with need not come again.
        group->repeat_from =
            static_cast<uint32_t>(group->steps.size() + all.steps.size() + (phase.change ? 1 : 0));
        all.loops = -1;
      }
      status = Unroll(members[i], phase, &all.steps);
    }
    return status.ok() ? AddSteps(node, all, group) : status;
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
            phase.said.cpus.value_or(group->allowed.value_or(CpuSet::FirstN(nr_cpus_)));
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

  absl::Status Unroll(const JsonNode& node, const Phase& phase, std::vector<RtAppStep>* steps) {
    const auto times = static_cast<size_t>(std::max<int64_t>(phase.loops, 1));
    if (phase.change) steps->push_back(*phase.change);
    if (steps->size() + phase.steps.size() * times > kMaxRtAppSteps) {
      return document_.Wrong(node,
                             absl::StrCat("expected at most ", kMaxRtAppSteps,
                                          " steps a task, each phase as often as its loop says"));
    }
    for (size_t i = 0; i < times; ++i) {
      steps->insert(steps->end(), phase.steps.begin(), phase.steps.end());
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
  const int nr_cpus_;
  sim::SchedClass default_;
  std::vector<uint32_t> semaphores_;  // what they are at first
  RtAppTaskgroups taskgroups_;
  RtAppTasks tasks_;
  RtAppLocks locks_;
  RtAppTimers timers_;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(bench::UserPath(path));
  std::ostringstream text;
  const bool empty = file.is_open() && file.peek() == EOF && !file.bad();
  if (!empty && !(text << file.rdbuf())) {
    return absl::NotFoundError(
        absl::StrCat("--workload=", path,
                     " cannot be read: give a file in rt-app's format, or a name without / "
                     "and . of a built-in one"));
  }
  return std::move(text).str();
}

}  // namespace

absl::StatusOr<RtAppFile> ReadRtApp(absl::string_view name, absl::string_view text, int nr_cpus) {
  const absl::StatusOr<JsonDocument> document = JsonDocument::Parse(name, text);
  if (!document.ok()) return document.status();
  RtAppFile file;
  file.workload.name = std::string(name);
  const absl::Status status = Reader(*document, nr_cpus).Read(&file);
  if (!status.ok()) return status;
  return file;
}

absl::StatusOr<RtAppFile> FindWorkload(const std::string& argument, int nr_cpus) {
  if (argument.find_first_of("/.") == std::string::npos) {
    absl::StatusOr<sim::Workload> workload = sim::BuiltinWorkload(argument, nr_cpus);
    if (!workload.ok()) return workload.status();
    return RtAppFile{.workload = *std::move(workload)};
  }
  const absl::StatusOr<std::string> text = ReadFile(argument);
  if (!text.ok()) return text.status();
  return ReadRtApp(argument, *text, nr_cpus);
}

}  // namespace scxx
