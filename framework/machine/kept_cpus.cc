// SPDX-License-Identifier: Apache-2.0
#include "framework/machine/kept_cpus.h"

#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace scxx {
namespace {

constexpr size_t kMostNamed = 4;

// As the kernel calls its classes, and as people do.
struct HigherClass {
  absl::string_view ending;
  const char* policies;
};
constexpr HigherClass kHigherClasses[] = {{" class=rt_sched_class", "SCHED_FIFO or SCHED_RR"},
                                          {" class=dl_sched_class", "SCHED_DEADLINE"}};

// "curr=audio[77] class=rt_sched_class" as "audio[77] of SCHED_FIFO or SCHED_RR"; empty for any
// other line.
std::string TaskOf(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "curr=")) return "";
  for (const HigherClass& higher : kHigherClasses) {
    if (absl::ConsumeSuffix(&line, higher.ending)) {
      return absl::StrCat(line, " of ", higher.policies);
    }
  }
  return "";
}

// "CPU 1" of "CPU 1   : nr_run=3 flags=0x1 ..."; empty for any other line.
std::string CpuOf(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "CPU ")) return "";
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return "";
  return absl::StrCat("CPU ", absl::StripAsciiWhitespace(line.substr(0, colon)));
}

}  // namespace

std::string DescribeKeptCpus(absl::string_view dump) {
  std::string cpu;
  std::vector<std::string> kept;
  for (const absl::string_view whole : absl::StrSplit(dump, '\n')) {
    const absl::string_view line = absl::StripAsciiWhitespace(whole);
    if (std::string named = CpuOf(line); !named.empty()) cpu = named;
    const std::string task = TaskOf(line);
    if (!cpu.empty() && !task.empty()) kept.push_back(absl::StrCat(cpu, " ran ", task));
  }
  if (kept.empty()) return "";
  const size_t more = kept.size() > kMostNamed ? kept.size() - kMostNamed : 0;
  kept.resize(kept.size() - more);
  if (more > 0) kept.push_back(absl::StrCat("and ", more, " more"));
  return absl::StrCat(absl::StrJoin(kept, ", "), ", which go before sched_ext");
}

}  // namespace scxx
