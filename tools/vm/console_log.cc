// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/console_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace scxx::vm {
namespace {

constexpr size_t kKeep = 16 * 1024;
constexpr size_t kTailLines = 25;

}  // namespace

void ConsoleLog::Append(absl::string_view bytes) {
  if (file_ != nullptr) {
    std::fwrite(bytes.data(), 1, bytes.size(), file_);
    std::fflush(file_);  // Somebody may be watching it.
  }
  if (echo_) std::fwrite(bytes.data(), 1, bytes.size(), stderr);
  kept_.append(bytes.data(), bytes.size());
  if (kept_.size() > 2 * kKeep) kept_.erase(0, kept_.size() - kKeep);
}

std::string ConsoleLog::Tail() const {
  const std::vector<absl::string_view> lines =
      absl::StrSplit(kept_, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
  std::string tail;
  for (size_t i = lines.size() - std::min(lines.size(), kTailLines); i < lines.size(); ++i) {
    absl::StrAppend(&tail, "\n  | ", absl::StripTrailingAsciiWhitespace(lines[i]));
  }
  return tail;
}

std::string ConsoleLog::Panic() const {
  const size_t start = kept_.find("Kernel panic");
  if (start == std::string::npos) return "";
  return kept_.substr(start, kept_.find_first_of("\r\n", start) - start);
}

}  // namespace scxx::vm
