// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/process/proc_names.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace scxx {
namespace {

namespace fs = std::filesystem;

std::string FirstLineOf(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

}  // namespace

std::vector<int32_t> IdsIn(const std::string& folder) {
  std::vector<int32_t> ids;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    int32_t id = 0;
    if (absl::SimpleAtoi(it->path().filename().string(), &id) && id > 0) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<int32_t> ProcNames::ThreadsNamed(absl::string_view comm, size_t most) const {
  std::vector<int32_t> threads;
  for (int32_t process : IdsIn(proc_)) {
    const fs::path tasks = fs::path(proc_) / absl::StrCat(process) / "task";
    for (int32_t thread : IdsIn(tasks.string())) {
      if (threads.size() == most) return threads;
      if (FirstLineOf(tasks / absl::StrCat(thread) / "comm") == comm) threads.push_back(thread);
    }
  }
  return threads;
}

std::string ProcNames::NameOf(int32_t pid) const {
  return FirstLineOf(fs::path(proc_) / absl::StrCat(pid) / "comm");
}

}  // namespace scxx
