// SPDX-License-Identifier: Apache-2.0
#include "framework/app/explain/explain_lines.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "framework/base/units.h"
#include "framework/stats/format.h"

namespace scxx {
namespace {

namespace fs = std::filesystem;

// The pid that the string is, or 0.
int32_t IdOf(const std::string& text) {
  int32_t id = 0;
  return absl::SimpleAtoi(text, &id) && id > 0 ? id : 0;
}

// The entries of a folder whose names are pids, sorted. What goes away meanwhile is left out.
std::vector<int32_t> IdsIn(const fs::path& folder) {
  std::vector<int32_t> ids;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const int32_t id = IdOf(it->path().filename().string());
    if (id != 0) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::string FirstLineOf(const fs::path& file) {
  std::string line;
  std::ifstream stream(file);
  std::getline(stream, line);
  return line;
}

std::string FormatFigure(const Explanation::Figure& figure) {
  const std::string value =
      figure.is_time ? FormatNanos(Nanos(figure.value)) : absl::StrCat(figure.value);
  return absl::StrCat(figure.name, " ", value);
}

std::string FormatEntry(const ExplainBoard::Entry& entry, const std::string& comm) {
  std::string line = absl::StrCat("explain ", entry.pid, " ", comm, ": ");
  for (const Explanation::Figure& figure : entry.explanation.figures()) {
    absl::StrAppend(&line, FormatFigure(figure), ", ");
  }
  return absl::StrCat(line, entry.explanation.waits ? "waits" : "runs or sleeps");
}

}  // namespace

std::vector<int32_t> ThreadsNamed(const std::string& comm, size_t most, const std::string& proc) {
  std::vector<int32_t> threads;
  for (int32_t process : IdsIn(proc)) {
    const fs::path tasks = fs::path(proc) / absl::StrCat(process) / "task";
    for (int32_t thread : IdsIn(tasks)) {
      if (threads.size() == most) return threads;
      if (FirstLineOf(tasks / absl::StrCat(thread) / "comm") == comm) threads.push_back(thread);
    }
  }
  return threads;
}

ExplainLines::ExplainLines(std::string whom, ExplainBoard* board, std::string proc)
    : whom_(std::move(whom)), proc_(std::move(proc)), id_(IdOf(whom_)), board_(board) {
  Look();
}

void ExplainLines::Look() {
  if (id_ != 0) return board_->SetWanted({id_});
  board_->SetWanted(ThreadsNamed(whom_, ExplainBoard::kMaxTasks, proc_));
}

std::vector<std::string> ExplainLines::Lines() {
  Look();
  std::vector<std::string> lines;
  for (const ExplainBoard::Entry& entry : board_->Read()) {
    const fs::path comm = fs::path(proc_) / absl::StrCat(entry.pid) / "comm";
    lines.push_back(FormatEntry(entry, FirstLineOf(comm)));
  }
  if (lines.empty()) {
    lines.push_back(absl::StrCat("explain ", whom_, ": no such task has become runnable yet"));
  }
  return lines;
}

}  // namespace scxx
