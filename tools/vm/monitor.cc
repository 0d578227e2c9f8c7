// SPDX-License-Identifier: Apache-2.0
#include "tools/vm/monitor.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace scxx::vm {
namespace {

// The greeting must be answered before anything else is taken.
std::string AnswerLine(const std::string& line) {
  if (absl::StrContains(line, R"("QMP":)"))
    return R"({"execute": "qmp_capabilities"})"
           "\n";
  if (absl::StrContains(line, R"("event": "SUSPEND")"))
    return R"({"execute": "system_wakeup"})"
           "\n";
  return "";
}

}  // namespace

std::string WakingMonitor::Answer(const std::string& bytes) {
  rest_ += bytes;
  std::string answer;
  for (size_t end; (end = rest_.find('\n')) != std::string::npos; rest_.erase(0, end + 1)) {
    absl::StrAppend(&answer, AnswerLine(rest_.substr(0, end)));
  }
  return answer;
}

}  // namespace scxx::vm
