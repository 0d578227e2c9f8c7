// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/sim/load/workload.h"
#include "tools/schedbench/user_path.h"
#include "tools/schedsim/workload_file/json_document.h"
#include "tools/schedsim/workload_file/rt_app_attributes.h"
#include "tools/schedsim/workload_file/rt_app_task.h"
#include "tools/schedsim/workload_file/rt_app_values.h"

namespace scxx {
namespace {

constexpr int64_t kMaxValue = 1'000'000'000;  // of a semaphore

// What changes nothing on a simulated machine.
constexpr absl::string_view kIgnoredGlobals[] = {
    "calibration", "cumulative_slack", "frag",       "fragment",        "ftrace",
    "gnuplot",     "io_device",        "lock_pages", "log_basename",    "log_size",
    "log_stats",   "logdir",           "logstats",   "mem_buffer_size", "pi_enabled"};

// One file. A method a level of it; the first error ends the reading.
class Reader {
 public:
  Reader(const JsonDocument& document, int nr_cpus)
      : document_(document), all_{.nr_cpus = nr_cpus} {}

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
      if (status.ok()) status = ReadGlobalMember(member, file);
    }
    return status;
  }

  absl::Status ReadGlobalMember(const JsonNode& node, RtAppFile* file) {
    if (IsOneOf(kIgnoredGlobals, node.key)) return absl::OkStatus();
    if (node.key != "duration" && node.key != "default_policy") {
      return document_.Wrong(node, "unknown key of global");
    }
    if (node.is_null()) return absl::OkStatus();
    if (node.key == "duration") return ReadDuration(node, file);
    return Assign(ReadRtAppPolicy(document_, node), &all_.birth.policy);
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
            ReadInteger(document_, member, "a semaphore's value", 0, kMaxValue);
        if (!value.ok()) return value.status();
        const size_t number = all_.locks.Semaphore(resource.key);
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
      all_.tasks.emplace(member.key, static_cast<uint32_t>(all_.tasks.size()));
    }
    int64_t instances = 0;
    for (const JsonNode& member : members) {
      absl::StatusOr<sim::TaskGroup> group = ReadRtAppTask(document_, member, &all_);
      if (!group.ok()) return group.status();
      if ((instances += group->count) > kMaxRtAppInstances) {
        return document_.Wrong(member, absl::StrCat("expected at most ", kMaxRtAppInstances,
                                                    " tasks, all instances together"));
      }
      workload->groups.push_back(*std::move(group));
    }
    workload->locks = all_.locks.names();
    workload->semaphores = semaphores_;
    workload->timers = all_.timers.specs();
    return all_.locks.CheckMeetings(document_);
  }

  const JsonDocument& document_;
  RtAppTogether all_;
  std::vector<uint32_t> semaphores_;  // what they are at first
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
