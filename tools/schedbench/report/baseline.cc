// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/report/baseline.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "framework/app/vm/locate.h"
#include "tools/schedbench/report/table.h"

namespace scxx::bench {
namespace {

constexpr double kTolerance = 1.02;
constexpr char kOutcome[] = "outcome";
constexpr char kHeader[] = "workload,metric,scheduler,value";

std::string NameOf(const Baseline::Key& key) {
  const auto& [workload, metric, scheduler] = key;
  return absl::StrCat(workload, " ", metric, " under ", scheduler);
}

// "" when the costs can be compared, else what is not the same.
std::string Difference(const Baseline& old, const Baseline& now) {
  for (const auto& [name, value] : now.made_with) {
    for (const auto& [old_name, old_value] : old.made_with) {
      if (name == old_name && value != old_value) {
        return absl::StrCat(name, " was ", old_value, " and is ", value);
      }
    }
  }
  return "";
}

void CompareCost(const Baseline::Key& key, const std::string& was, const std::string& is,
                 Verdict& verdict) {
  double old = 0, now = 0;
  if (!absl::SimpleAtod(was, &old) || !absl::SimpleAtod(is, &now) || old <= 0) return;
  if (now <= old * kTolerance) return;
  verdict.failures.push_back(absl::StrFormat("%s: %s, %.1f %% more than the baseline's %s",
                                             NameOf(key), is, (now / old - 1) * 100, was));
}

// An outcome may be a sentence; a value is the rest of its line.
bool ParseLine(absl::string_view line, Baseline& baseline) {
  const std::vector<std::string> columns = absl::StrSplit(line, absl::MaxSplits(',', 3));
  if (columns.size() != 4) return false;
  baseline.values[{columns[0], columns[1], columns[2]}] = columns[3];
  return true;
}

bool ParseComment(absl::string_view line, Baseline& baseline) {
  if (!absl::ConsumePrefix(&line, "# ")) return false;
  baseline.made_with.push_back(absl::StrSplit(line, absl::MaxSplits(' ', 1)));
  return true;
}

std::string Seeds(const Results& results) {
  return absl::StrCat(results.seeds.front(), " to ", results.seeds.back());
}

constexpr char kInTree[] = "tools/schedbench/baselines/short.csv";

absl::StatusOr<Baseline> ReadBaseline(const std::string& file) {
  std::ifstream in(file);
  if (!in) {
    return absl::NotFoundError(absl::StrCat(
        "no baseline ", file, ": write one with --update, or name it with --baseline"));
  }
  return ParseBaseline(std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace

Baseline BaselineOf(const Results& results) {
  Baseline baseline;
  for (const auto& [name, value] : results.made_with) {
    // The image changes with every program: that is what is being compared.
    if (name != "image") baseline.made_with.emplace_back(name, value);
  }
  baseline.made_with.emplace_back("seeds", Seeds(results));
  const Table table = MakeTable(results);
  for (const Row& row : table.rows) {
    if (row.quantity != Quantity::kCost) continue;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      if (!row.cells[i].median.has_value()) continue;
      baseline.values[{row.workload, row.metric, table.schedulers[i]}] =
          absl::StrFormat("%.0f", *row.cells[i].median);
    }
  }
  for (const Workload& workload : results.workloads) {
    for (const std::string& scheduler : results.schedulers) {
      const std::string outcome = OutcomeOf(results, scheduler, workload);
      if (outcome != "-") baseline.values[{workload.name, kOutcome, scheduler}] = outcome;
    }
  }
  return baseline;
}

absl::StatusOr<Baseline> ParseBaseline(absl::string_view text) {
  Baseline baseline;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (line == kHeader || ParseComment(line, baseline) || ParseLine(line, baseline)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the baseline is damaged at \"", line, "\": write it anew with --update"));
  }
  return baseline;
}

std::string PrintBaseline(const Baseline& baseline) {
  std::string text;
  for (const auto& [name, value] : baseline.made_with) {
    absl::StrAppend(&text, "# ", name, " ", value, "\n");
  }
  absl::StrAppend(&text, kHeader, "\n");
  for (const auto& [key, value] : baseline.values) {
    const auto& [workload, metric, scheduler] = key;
    absl::StrAppend(&text, workload, ",", metric, ",", scheduler, ",", value, "\n");
  }
  return text;
}

Baseline Merge(const Baseline& old, const Baseline& now) {
  Baseline merged = now;
  if (Difference(old, now).empty()) merged.values.insert(old.values.begin(), old.values.end());
  return merged;
}

Verdict Compare(const Baseline& old, const Baseline& now) {
  Verdict verdict;
  const std::string difference = Difference(old, now);
  if (!difference.empty()) {
    verdict.notes.push_back(absl::StrCat("costs are not compared with the baseline: ", difference));
  }
  for (const auto& [key, is] : now.values) {
    const bool outcome = std::get<1>(key) == kOutcome;
    if (!outcome && !difference.empty()) continue;
    const auto was = old.values.find(key);
    if (was == old.values.end()) {
      verdict.failures.push_back(
          absl::StrCat(NameOf(key), " has no baseline: write one with --update"));
      continue;
    }
    ++verdict.compared;
    if (!outcome) {
      CompareCost(key, was->second, is, verdict);
    } else if (was->second != is) {
      verdict.failures.push_back(absl::StrCat(NameOf(key), ": ", is, ", was ", was->second));
    }
  }
  return verdict;
}

std::string BaselineToRead() { return vm::FindRunfile(absl::StrCat("scxx/", kInTree)); }

std::string BaselineToWrite() {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return workspace == nullptr ? "" : absl::StrCat(workspace, "/", kInTree);
}

absl::Status CheckAgainst(const std::string& file, const Results& results, std::string& report) {
  const absl::StatusOr<Baseline> baseline = ReadBaseline(file);
  if (!baseline.ok()) return baseline.status();
  const Verdict verdict = Compare(*baseline, BaselineOf(results));
  for (const std::string& note : verdict.notes) absl::StrAppend(&report, note, "\n");
  for (const std::string& failure : verdict.failures) {
    absl::StrAppend(&report, "worse: ", failure, "\n");
  }
  absl::StrAppend(&report, verdict.compared, " figures compared with the baseline, ",
                  verdict.failures.size(), " worse\n");
  if (verdict.failures.empty()) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat(verdict.failures.size(), " figures are worse than the baseline in ", file));
}

absl::Status UpdateBaseline(const std::string& file, const Results& results) {
  if (file.empty()) {
    return absl::InvalidArgumentError(
        "--update writes into the source tree: use bazel run, or name a file with --baseline");
  }
  Baseline now = BaselineOf(results);
  if (std::ifstream(file).good()) {
    const absl::StatusOr<Baseline> old = ReadBaseline(file);
    if (!old.ok()) return old.status();
    now = Merge(*old, now);
  }
  std::ofstream out(file);
  out << PrintBaseline(now);
  out.close();
  if (out) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("cannot write ", file));
}

}  // namespace scxx::bench
