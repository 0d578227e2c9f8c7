// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/sysfs/sched_ext_sysfs.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace scxx {
namespace {

int64_t CountOf(const SchedExtEvents& events, absl::string_view name) {
  for (const auto& [event, count] : events) {
    if (event == name) return count;
  }
  return 0;
}

}  // namespace

SchedExtSysfs::SchedExtSysfs(absl::string_view root)
    : dir_(absl::StrCat(root, "/sys/kernel/sched_ext/")) {}

bool SchedExtSysfs::Exists() const {
  std::error_code ignored;
  return std::filesystem::is_directory(dir_, ignored);
}

std::string SchedExtSysfs::State() const { return ReadWord("state"); }
std::string SchedExtSysfs::OpsName() const { return ReadWord("root/ops"); }
uint64_t SchedExtSysfs::HotplugSequence() const { return ReadNumber("hotplug_seq"); }
uint64_t SchedExtSysfs::EnableSequence() const { return ReadNumber("enable_seq"); }
uint64_t SchedExtSysfs::RejectedTasks() const { return ReadNumber("nr_rejected"); }

// Lines of "NAME COUNT"; others are skipped.
SchedExtEvents SchedExtSysfs::Events() const {
  std::ifstream file(dir_ + "root/events");
  SchedExtEvents events;
  for (std::string line; std::getline(file, line);) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipWhitespace());
    int64_t count = 0;
    if (words.size() == 2 && absl::SimpleAtoi(words[1], &count)) {
      events.emplace_back(std::string(words[0]), count);
    }
  }
  return events;
}

SchedExtState SchedExtSysfs::Snapshot() const {
  SchedExtState state;
  state.state = State();
  if (!state.present()) return state;
  state.ops = OpsName();
  state.nr_rejected = static_cast<int64_t>(RejectedTasks());
  state.enable_seq = static_cast<int64_t>(EnableSequence());
  state.events = Events();
  return state;
}

std::string SchedExtSysfs::ReadWord(absl::string_view file) const {
  std::ifstream stream(absl::StrCat(dir_, file));
  std::string word;
  stream >> word;
  return word;
}

uint64_t SchedExtSysfs::ReadNumber(absl::string_view file) const {
  uint64_t number = 0;
  return absl::SimpleAtoi(ReadWord(file), &number) ? number : 0;
}

SchedExtEvents EventsBetween(const SchedExtState& before, const SchedExtState& after) {
  SchedExtEvents grown = after.events;
  if (before.enable_seq != after.enable_seq) return grown;
  for (auto& [event, count] : grown) count -= CountOf(before.events, event);
  return grown;
}

}  // namespace scxx
