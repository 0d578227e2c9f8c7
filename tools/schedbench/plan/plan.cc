// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/plan/plan.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace scxx::bench {
namespace {

constexpr char kBefore[] = "before";
constexpr char kScheduler[] = "scheduler";
constexpr char kBeside[] = "beside";
constexpr char kRun[] = "run";

absl::Status CheckWord(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\n") == std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", word, "\": names and arguments must not be empty or contain blanks"));
}

absl::Status Encode(const char* kind, const std::string& name,
                    const std::vector<std::string>& words, std::vector<std::string>& out) {
  absl::Status status = CheckWord(name);
  for (const std::string& word : words) status.Update(CheckWord(word));
  std::vector<std::string> line = {kind, name};
  line.insert(line.end(), words.begin(), words.end());
  out.push_back(absl::StrJoin(line, " "));
  return status;
}

// False when the words are no line of a plan.
bool Decode(const std::vector<std::string>& words, Plan& plan) {
  if (words.size() < 2) return false;
  std::vector<std::string> rest(std::next(words.begin(), 2), words.end());
  if (words[0] == kScheduler) {
    plan.schedulers.push_back({words[1], std::move(rest)});
    return true;
  }
  if (rest.empty()) return false;
  if (words[0] == kBeside) {
    plan.beside.push_back({words[1], std::move(rest)});
    return true;
  }
  if (words[0] != kRun && words[0] != kBefore) return false;
  std::vector<Run>& runs = words[0] == kRun ? plan.runs : plan.before;
  runs.push_back({words[1], std::move(rest)});
  return true;
}

absl::Status NotUnderstood(const std::string& argument) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", argument,
                   "\": expected \"scheduler NAME [COMMAND...]\", \"run NAME WORKLOAD [FLAG...]\", "
                   "\"before NAME WORKLOAD [FLAG...]\" or \"beside NAME COMMAND...\""));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> EncodePlan(const Plan& plan) {
  std::vector<std::string> out;
  absl::Status status;
  for (const Run& run : plan.before) status.Update(Encode(kBefore, run.name, run.load, out));
  for (const Scheduler& scheduler : plan.schedulers) {
    status.Update(Encode(kScheduler, scheduler.name, scheduler.command, out));
  }
  for (const Companion& companion : plan.beside) {
    status.Update(Encode(kBeside, companion.name, companion.command, out));
  }
  for (const Run& run : plan.runs) status.Update(Encode(kRun, run.name, run.load, out));
  if (!status.ok()) return status;
  return out;
}

absl::StatusOr<Plan> DecodePlan(const std::vector<std::string>& arguments) {
  Plan plan;
  for (const std::string& argument : arguments) {
    const std::vector<std::string> words = absl::StrSplit(argument, ' ', absl::SkipEmpty());
    if (!Decode(words, plan)) return NotUnderstood(argument);
  }
  return plan;
}

}  // namespace scxx::bench
