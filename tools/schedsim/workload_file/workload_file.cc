// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_file.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/sim/load/workload.h"
#include "tools/schedbench/user_path.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_locks.h"
#include "tools/schedsim/workload_file/rt_app_syntax.h"

namespace scxx {
namespace {

constexpr int64_t kMaxInstances = 3'000;  // in all; the dispatcher has 4096 slots
constexpr int64_t kMaxLoops = 1'000'000'000;

// What changes nothing on a simulated machine.
constexpr absl::string_view kIgnoredGlobals[] = {
    "calibration",  "cumulative_slack", "ftrace",    "gnuplot", "io_device",       "lock_pages",
    "log_basename", "log_size",         "log_stats", "logdir",  "mem_buffer_size", "pi_enabled"};
constexpr absl::string_view kIgnoredOfTasks[] = {"numa_membind", "nodes_membind", "util_max",
                                                 "util_min"};

template <size_t N>
bool IsOneOf(const absl::string_view (&words)[N], absl::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

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
        status = ReadGlobal(member, file);
      } else if (member.key == "tasks") {
        tasks = &member;
      } else if (member.key != "resources") {  // rt-app itself finds them where they are used
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
        const absl::StatusOr<int64_t> seconds = ReadSeconds(document_, member);
        status = seconds.status();
        if (status.ok() && *seconds > 0) file->duration = Seconds(*seconds);
      } else if (member.key == "default_policy") {
        status = CheckPolicy(member);
      } else if (!IsOneOf(kIgnoredGlobals, member.key)) {
        status = document_.Wrong(member, "unknown key of global");
      }
    }
    return status;
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
    return locks_.CheckConditions(document_);
  }

  absl::StatusOr<sim::TaskGroup> ReadTask(const JsonNode& node) {
    absl::Status status = CheckObject(document_, node);
    if (!status.ok()) return status;
    sim::TaskGroup group{.name = node.key};
    Phase own{.loops = -1};
    const JsonNode* phases = nullptr;
    Nanos delay;
    const std::vector<JsonNode> members = document_.Members(node);
    for (const JsonNode& member : members) {
      if (IsRtAppStep(member.key)) {
        status = AddStep(member, group.name, &own.steps);
      } else if (member.key == "phases") {
        phases = &member;
      } else if (member.key == "loop") {
        status = Assign(ReadLoop(member), &own.loops);
      } else if (member.key == "delay") {
        status = Assign(ReadMicros(document_, member), &delay);
      } else {
        status = ReadAttribute(member, &group);
      }
      if (!status.ok()) return status;
    }
    if (delay > Nanos::Zero()) group.steps.push_back(sim::Sleep(delay));
    group.repeat_from = static_cast<uint32_t>(group.steps.size());
    status = phases == nullptr ? AddSteps(node, own, &group) : AddPhases(*phases, own, &group);
    if (!status.ok()) return status;
    return group;
  }

  // What is said of a task as a whole.
  absl::Status ReadAttribute(const JsonNode& node, sim::TaskGroup* group) {
    if (node.key == "instance") {
      return AssignInt(ReadInteger(document_, node, "a number of instances", 0, kMaxInstances),
                       &group->count);
    }
    if (node.key == "priority" || node.key == "nice") {
      return AssignInt(ReadInteger(document_, node, "a nice value", -20, 19), &group->nice);
    }
    if (node.key == "cpus") {
      const absl::StatusOr<CpuSet> cpus = ReadCpus(document_, node, nr_cpus_);
      if (!cpus.ok()) return cpus.status();
      group->allowed = *cpus;
      return absl::OkStatus();
    }
    if (node.key == "policy") return CheckPolicy(node);
    if (IsOneOf(kIgnoredOfTasks, node.key)) return absl::OkStatus();
    return document_.Wrong(node,
                           "unknown key; a task has instance, loop, delay, cpus, priority, policy, "
                           "and phases or steps (run, sleep, lock, ...)");
  }

  absl::Status CheckPolicy(const JsonNode& node) {
    const absl::StatusOr<std::string> policy = ReadText(document_, node, "\"SCHED_OTHER\"");
    if (!policy.ok()) return policy.status();
    if (*policy == "SCHED_OTHER") return absl::OkStatus();
    return document_.Expected(node, "\"SCHED_OTHER\": all tasks are the simulated scheduler's");
  }

  // ---- steps ----

  struct Phase {
    int64_t loops = 1;  // -1: for ever
    std::vector<RtAppStep> steps;
  };

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
    const absl::StatusOr<std::vector<sim::Step>> more =
        ReadRtAppStep(document_, node, {.task = task, .tasks = tasks_, .locks = &locks_});
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

  // Phases one after another, those with a number of loops as often as that. One for ever is the
  // last, and then what the task repeats is this phase alone.
  absl::Status AddPhases(const JsonNode& node, const Phase& own, sim::TaskGroup* group) {
    absl::Status status = CheckObject(document_, node);
    if (status.ok() && !own.steps.empty()) {
      status =
          document_.Wrong(node, "expected phases or steps, not both: put the steps into a phase");
    }
    bool ends = true;
    Phase all{.loops = own.loops};
    for (const JsonNode& member : document_.Members(node)) {
      if (!status.ok()) return status;
      if (!ends) return document_.Wrong(member, "comes after a phase that loops for ever");
      absl::StatusOr<Phase> phase = ReadPhase(member, group->name);
      if (!phase.ok()) return phase.status();
      ends = phase->loops >= 0;
      if (!ends) {
        group->repeat_from = static_cast<uint32_t>(group->steps.size() + all.steps.size());
        all.loops = -1;
      }
      status = Unroll(member, *phase, &all.steps);
    }
    return status.ok() ? AddSteps(node, all, group) : status;
  }

  absl::Status Unroll(const JsonNode& node, const Phase& phase, std::vector<RtAppStep>* steps) {
    const auto times = static_cast<size_t>(std::max<int64_t>(phase.loops, 1));
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

  absl::StatusOr<Phase> ReadPhase(const JsonNode& node, const std::string& task) {
    absl::Status status = CheckObject(document_, node);
    Phase phase;
    for (const JsonNode& member : document_.Members(node)) {
      if (!status.ok()) return status;
      if (IsRtAppStep(member.key)) {
        status = AddStep(member, task, &phase.steps);
      } else if (member.key == "loop") {
        status = Assign(ReadLoop(member), &phase.loops);
      } else {
        status = document_.Wrong(
            member,
            "unknown key; a phase has loop and steps (run, sleep, lock, ...), all else is "
            "said of the task");
      }
    }
    if (!status.ok()) return status;
    if (phase.steps.empty()) {
      return document_.Wrong(node, "expected a step at least, like \"run\": 1000");
    }
    return phase;
  }

  static absl::Status AssignInt(const absl::StatusOr<int64_t>& value, int* to) {
    if (value.ok()) *to = static_cast<int>(*value);
    return value.status();
  }

  template <typename T>
  static absl::Status Assign(const absl::StatusOr<T>& value, T* to) {
    if (value.ok()) *to = *value;
    return value.status();
  }

  const JsonDocument& document_;
  const int nr_cpus_;
  RtAppTasks tasks_;
  RtAppLocks locks_;
};

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::ifstream file(bench::UserPath(path));
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
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
