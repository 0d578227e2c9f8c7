// SPDX-License-Identifier: Apache-2.0
#include "framework/app/explain/explaining_runner.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "framework/base/units.h"
#include "framework/stats/format.h"
#include "framework/stats/printable.h"

namespace scxx {
namespace {

// The pid that the string is, or 0.
int32_t IdOf(const std::string& text) {
  int32_t id = 0;
  return absl::SimpleAtoi(text, &id) && id > 0 ? id : 0;
}

std::string FormatFigure(const Explanation::Figure& figure) {
  const std::string value =
      figure.is_time ? FormatNanos(Nanos(figure.value)) : absl::StrCat(figure.value);
  return absl::StrCat(figure.name, " ", value);
}

std::string FormatEntry(const ExplainBoard::Entry& entry, const std::string& comm) {
  std::string line = absl::StrCat("explain ", entry.pid, " ", Printable(comm), ": ");
  for (const Explanation::Figure& figure : entry.explanation.figures()) {
    absl::StrAppend(&line, FormatFigure(figure), ", ");
  }
  return absl::StrCat(line, entry.explanation.waits ? "waits" : "runs or sleeps");
}

}  // namespace

ExplainLines::ExplainLines(std::string whom, ExplainBoard* board, const TaskNames& names)
    : whom_(std::move(whom)), id_(IdOf(whom_)), board_(board), names_(names) {
  Look();
}

void ExplainLines::Look() {
  if (id_ != 0) return board_->SetWanted({id_});
  board_->SetWanted(names_.ThreadsNamed(whom_, ExplainBoard::kMaxTasks));
}

std::vector<std::string> ExplainLines::Lines() {
  Look();
  std::vector<std::string> lines;
  for (const ExplainBoard::Entry& entry : board_->Read()) {
    lines.push_back(FormatEntry(entry, names_.NameOf(entry.pid)));
  }
  if (lines.empty()) {
    lines.push_back(
        absl::StrCat("explain ", Printable(whom_), ": no such task has become runnable yet"));
  }
  return lines;
}

}  // namespace scxx
