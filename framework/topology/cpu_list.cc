// SPDX-License-Identifier: Apache-2.0

#include "framework/topology/cpu_list.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "framework/base/cpu.h"

namespace scxx {
namespace {

bool ParseCpu(absl::string_view text, int* cpu) {
  // SimpleAtoi alone would also take signs and blanks.
  if (text.empty() || !absl::ascii_isdigit(text.front())) return false;
  return absl::SimpleAtoi(text, cpu) && *cpu < kMaxCpus;
}

// Adds "7" or "4-7" to the set.
bool AddRange(absl::string_view range, CpuSet* set) {
  std::pair<absl::string_view, absl::string_view> ends =
      absl::StrSplit(range, absl::MaxSplits('-', 1));
  bool is_single = range.find('-') == absl::string_view::npos;
  int first, last;
  if (!ParseCpu(ends.first, &first)) return false;
  if (!ParseCpu(is_single ? ends.first : ends.second, &last)) return false;
  for (int cpu = first; cpu <= last; ++cpu) set->Add(CpuId(cpu));
  return first <= last;
}

}  // namespace

absl::StatusOr<CpuSet> ParseCpuList(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  CpuSet set;
  if (text.empty()) return set;
  for (absl::string_view range : absl::StrSplit(text, ',')) {
    if (AddRange(range, &set)) continue;
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a list of CPUs below ",
                                                   kMaxCpus, " such as 0-3,8 (at \"", range,
                                                   "\")"));
  }
  return set;
}

}  // namespace scxx
