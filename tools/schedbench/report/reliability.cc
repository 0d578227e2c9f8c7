// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/reliability.h"

#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace scxx::bench {
namespace {

std::optional<absl::Duration> Gap(const RunResult& run, const char* key) {
  const std::optional<double> nanos = run.Number(key);
  if (!nanos.has_value()) return std::nullopt;
  return absl::Nanoseconds(static_cast<int64_t>(*nanos));
}

std::optional<double> Share(const RunResult& run, const HardLoad& load) {
  if (load.share_of.empty()) return std::nullopt;
  const std::optional<double> cpu = run.Number(absl::StrCat("class.", load.share_of, ".cpu_ns"));
  const std::optional<double> wall = run.Number("wall_ns");
  if (!cpu.has_value() || !wall.has_value() || *wall <= 0) return std::nullopt;
  return *cpu / (*wall * CpusOf(load.mode));
}

std::string TroubleIn(const RunResult& run, const HardLoad& load) {
  const std::string ejection = EjectionIn(run.Text("kernel_log"));
  if (!ejection.empty()) return absl::StrCat("ejected: ", ejection);
  if (run.Text("stalled") == "true") return "tasks did not end";
  if (run.exit_code != 0) return run.error.empty() ? "failed" : run.error;
  if (run.Text("sched_ext.changed") == "true" && !load.kills_agent) return "detached";
  return "";
}

const RunResult* FindRun(const std::vector<RunResult>& boot, const std::string& name) {
  for (const RunResult& run : boot) {
    if (run.run == name) return &run;
  }
  return nullptr;
}

}  // namespace

// The first line is without the words when a process ended it, as that is no error.
std::string EjectionIn(absl::string_view log) {
  constexpr absl::string_view kEnded = "unregistered from user space";
  std::string reason;
  for (absl::string_view line : absl::StrSplit(log, " | ")) {
    const std::pair<absl::string_view, absl::string_view> disabled =
        absl::StrSplit(line, absl::MaxSplits(" disabled (", 1));
    if (!disabled.second.empty()) {
      reason = std::string(disabled.second.substr(0, disabled.second.rfind(')')));
      if (reason == kEnded) reason.clear();
      continue;
    }
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(": ", 2));
    if (!reason.empty() && parts.size() == 3) return std::string(parts[2]);
  }
  return reason;
}

Trial JudgeTrial(const absl::StatusOr<std::vector<RunResult>>& boot, const HardLoad& load) {
  if (!boot.ok()) return {.trouble = absl::StrCat("the machine failed: ", boot.status().message())};
  const RunResult* run = FindRun(*boot, load.name);
  if (run == nullptr) return {.trouble = "the load did not run"};
  Trial trial = {.trouble = TroubleIn(*run, load),
                 .free_gap = Gap(*run, kFreeGap),
                 .pinned_gap = Gap(*run, kPinnedGap),
                 .share = Share(*run, load)};
  const RunResult* detach = FindRun(*boot, "detach");
  if (detach != nullptr) trial.fallbacks = detach->Text("fallbacks");
  if (trial.fallbacks == "0") trial.fallbacks.clear();
  return trial;
}

namespace {

// "35 ms", "1.3 s"; the long ones in bold.
std::string Print(const std::optional<absl::Duration>& gap) {
  if (!gap.has_value()) return "-";
  const std::string text = *gap < absl::Seconds(1)
                               ? absl::StrFormat("%.0f ms", absl::ToDoubleMilliseconds(*gap))
                               : absl::StrFormat("%.1f s", absl::ToDoubleSeconds(*gap));
  return *gap > kLongestGap ? absl::StrCat("**", text, "**") : text;
}

std::string InACell(std::string text) {
  for (char& c : text) c = c == '|' ? '/' : c;
  return text;
}

std::string Print(const Trial& trial) {
  std::vector<std::string> parts;
  if (!trial.trouble.empty()) parts.push_back(absl::StrCat("**", InACell(trial.trouble), "**"));
  if (trial.free_gap.has_value() || trial.pinned_gap.has_value()) {
    parts.push_back(absl::StrCat(Print(trial.free_gap), ", ", Print(trial.pinned_gap)));
  }
  if (trial.share.has_value()) parts.push_back(absl::StrFormat("%.1f %%", 100 * *trial.share));
  if (!trial.fallbacks.empty()) parts.push_back(absl::StrCat("fallbacks ", trial.fallbacks));
  return absl::StrJoin(parts, "; ");
}

std::string MachineOf(const HardLoad& load) {
  switch (load.mode) {
    case Mode::kExact:
      return "1 CPU";
    case Mode::kExact2:
      return "2 CPUs in turns";
    default:
      return "2 CPUs at once";
  }
}

std::string Line(const std::vector<std::string>& cells) {
  return absl::StrCat("| ", absl::StrJoin(cells, " | "), " |\n");
}

}  // namespace

std::string ToMarkdown(const ReliabilityResults& results) {
  std::vector<std::string> head = {"load"};
  head.insert(head.end(), results.schedulers.begin(), results.schedulers.end());
  std::string out = absl::StrCat(Line(head), Line(std::vector<std::string>(head.size(), "---")));
  for (const ReliabilityRow& row : results.rows) {
    std::vector<std::string> cells = {row.load.name};
    for (const Trial& trial : row.trials) cells.push_back(Print(trial));
    out += Line(cells);
  }
  out += absl::StrCat("\n", Line({"row", "machine", "what it is"}), Line({"---", "---", "---"}));
  for (const ReliabilityRow& row : results.rows) {
    out += Line({row.load.name, MachineOf(row.load), row.load.what});
  }
  out += "\n";
  for (const auto& [name, value] : results.made_with) absl::StrAppend(&out, name, " ", value, "\n");
  return out;
}

}  // namespace scxx::bench
