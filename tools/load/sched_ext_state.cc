// SPDX-License-Identifier: Apache-2.0
#include "tools/load/sched_ext_state.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/load/proc_stats.h"

namespace scxx::load {
namespace {

std::string ReadLine(const std::string& root, absl::string_view name) {
  std::string text = ReadSmallFile(absl::StrCat(root, "/", name).c_str());
  absl::StripAsciiWhitespace(&text);
  return text;
}

int64_t ReadNumber(const std::string& root, absl::string_view name) {
  int64_t value = 0;
  return absl::SimpleAtoi(ReadLine(root, name), &value) ? value : 0;
}

int64_t CountOf(const SchedExtEvents& events, absl::string_view name) {
  for (const auto& [event, count] : events) {
    if (event == name) return count;
  }
  return 0;
}

}  // namespace

SchedExtState ReadSchedExtState(const std::string& root) {
  SchedExtState state;
  state.state = ReadLine(root, "state");
  if (!state.present()) return state;
  state.ops = ReadLine(root, "root/ops");
  state.nr_rejected = ReadNumber(root, "nr_rejected");
  state.enable_seq = ReadNumber(root, "enable_seq");
  state.events = ParseSchedExtEvents(ReadSmallFile(absl::StrCat(root, "/root/events").c_str()));
  return state;
}

SchedExtEvents ParseSchedExtEvents(absl::string_view text) {
  SchedExtEvents events;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipWhitespace());
    int64_t count = 0;
    if (words.size() == 2 && absl::SimpleAtoi(words[1], &count)) {
      events.emplace_back(std::string(words[0]), count);
    }
  }
  return events;
}

SchedExtEvents EventsBetween(const SchedExtState& before, const SchedExtState& after) {
  SchedExtEvents grown = after.events;
  if (before.enable_seq != after.enable_seq) return grown;
  for (auto& [event, count] : grown) count -= CountOf(before.events, event);
  return grown;
}

}  // namespace scxx::load
