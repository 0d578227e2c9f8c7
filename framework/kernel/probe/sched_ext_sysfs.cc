// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/sched_ext_sysfs.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace scxx {

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

std::vector<std::pair<std::string, uint64_t>> SchedExtSysfs::Events() const {
  std::ifstream file(dir_ + "root/events");
  std::vector<std::pair<std::string, uint64_t>> events;
  std::string name;
  uint64_t count = 0;
  while (file >> name >> count) events.emplace_back(name, count);
  return events;
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

}  // namespace scxx
