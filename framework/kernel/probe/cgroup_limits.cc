// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/probe/cgroup_limits.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace scxx {
namespace {

namespace fs = std::filesystem;

// The first word of the file; empty if there is none.
std::string FirstWord(const fs::path& file) {
  std::string word;
  std::ifstream(file) >> word;
  return word;
}

bool IsOneOf(const std::string& word, const char* const (&words)[4]) {
  return std::any_of(std::begin(words), std::end(words),
                     [&](const char* w) { return w != nullptr && word == w; });
}

struct LimitFile {
  const char* name;
  const char* const unlimited[4];  // what it says then, "" where there is no such file
};

constexpr LimitFile kFiles[] = {{"cpu.max", {"", "max"}},
                                {"cpu.weight", {"", "100"}},
                                {"cpu.idle", {"", "0"}},
                                {"cpu.uclamp.min", {"", "0", "0.00"}},
                                {"cpu.uclamp.max", {"", "max", "100.00"}},
                                {"cpu.shares", {"", "1024"}},
                                {"cpu.cfs_quota_us", {"", "-1"}}};

bool IsLimited(const fs::path& group) {
  return std::any_of(std::begin(kFiles), std::end(kFiles), [&](const LimitFile& file) {
    return !IsOneOf(FirstWord(group / file.name), file.unlimited);
  });
}

// Where control groups are mounted that can limit CPUs: version 2, as in the line
// "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0", and then version 1 of the controller cpu, as in
// "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0".
std::vector<std::string> MountPoints(const std::string& root) {
  std::ifstream mounts(root + "/proc/self/mounts");
  std::vector<std::string> first, second;
  std::string device, where, type, options, rest;
  while (mounts >> device >> where >> type >> options && std::getline(mounts, rest)) {
    if (type == "cgroup2") second.push_back(where);
    const std::vector<std::string> words = absl::StrSplit(options, ',');
    if (type == "cgroup" && std::find(words.begin(), words.end(), "cpu") != words.end())
      first.push_back(where);
  }
  if (second.empty() && first.empty()) second.push_back("/sys/fs/cgroup");
  second.insert(second.end(), first.begin(), first.end());
  return second;
}

// The groups right below one. They come and go: of one that has gone, none or some.
std::vector<fs::path> GroupsIn(const fs::path& group) {
  std::vector<fs::path> groups;
  std::error_code error;
  fs::directory_iterator it(group, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    if (fs::is_directory(it->symlink_status(error))) groups.push_back(it->path());
    error.clear();
  }
  return groups;
}

fs::path TakeLast(std::vector<fs::path>& folders) {
  fs::path last = std::move(folders.back());
  folders.pop_back();
  return last;
}

// This process's group below the mount point, as "/user.slice" of the line "0::/user.slice"; empty
// if it is the one there.
std::string OwnGroup(const std::string& root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {
    if (absl::StartsWith(line, "0::/")) return line == "0::/" ? "" : line.substr(3);
  }
  return "";
}

// What the line "NAME BYTES" of a file says; 0 if there is none.
int64_t Statistic(const fs::path& file, absl::string_view name) {
  std::ifstream lines(file);
  std::string key;
  int64_t value = 0;
  while (lines >> key >> value) {
    if (key == name) return value;
  }
  return 0;
}

std::optional<int64_t> MemoryLeftOf(const fs::path& group) {
  int64_t most = 0, current = 0;
  if (!absl::SimpleAtoi(FirstWord(group / "memory.max"), &most)) return std::nullopt;
  if (!absl::SimpleAtoi(FirstWord(group / "memory.current"), &current)) return std::nullopt;
  return most - current + Statistic(group / "memory.stat", "file");
}

}  // namespace

CgroupLimits CountCgroupLimits(const std::string& root, int most) {
  CgroupLimits limits;
  std::vector<fs::path> folders;
  for (const std::string& mount : MountPoints(root)) folders.push_back(root + mount);
  for (int seen = 0; !folders.empty() && !limits.more;) {
    const std::vector<fs::path> groups = GroupsIn(TakeLast(folders));
    for (const fs::path& group : groups) limits.groups += seen++ < most && IsLimited(group);
    limits.more = seen > most;
    folders.insert(folders.end(), groups.begin(), groups.end());
  }
  return limits;
}

std::string DescribeLimits(const CgroupLimits& limits) {
  if (limits.groups == 0) return "";
  const char* at_least = limits.more ? "at least " : "";
  return absl::StrCat(at_least, limits.groups,
                      limits.groups == 1 ? " control group has" : " control groups have",
                      " limits that are not enforced while this runs (cpu.max, cpu.weight, "
                      "cpu.idle, cpu.uclamp)");
}

std::optional<MemoryLeft> LeastMemoryLeft(const std::string& root) {
  const std::string mount = MountPoints(root).front();
  std::optional<MemoryLeft> least;
  // The mount point last: in a container it is the container's own group.
  for (fs::path group = mount + OwnGroup(root);; group = group.parent_path()) {
    const std::optional<int64_t> left = MemoryLeftOf(root + group.string());
    if (left && (!least || *left < least->bytes)) least = {*left, group.string()};
    if (group == mount || group == group.parent_path()) return least;
  }
}

}  // namespace scxx
