// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/boots/transcript.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace scxx::bench {
namespace {

absl::Status Unexpected(absl::string_view line) {
  return absl::DataLossError(absl::StrCat("the guest's transcript is damaged at \"", line, "\""));
}

bool ParseBegin(absl::string_view rest, RunResult& run) {
  const std::vector<std::string> words = absl::StrSplit(rest, ' ');
  if (words.size() != 2) return false;
  run = {.scheduler = words[0], .run = words[1]};
  return true;
}

bool ParseEnd(absl::string_view rest, RunResult& run) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(rest, absl::MaxSplits(' ', 1));
  run.error = std::string(parts.second);
  return absl::SimpleAtoi(parts.first, &run.exit_code);
}

bool ParseValue(absl::string_view line, RunResult& run) {
  const size_t equals = line.find('=');
  if (equals == absl::string_view::npos) return false;
  run.values[std::string(line.substr(0, equals))] = std::string(line.substr(equals + 1));
  return true;
}

}  // namespace

std::string RunResult::Text(const std::string& key) const {
  const auto found = values.find(key);
  return found == values.end() ? "" : found->second;
}

std::optional<double> RunResult::Number(const std::string& key) const {
  double number = 0;
  if (!absl::SimpleAtod(Text(key), &number)) return std::nullopt;
  return number;
}

Buckets RunResult::Histogram(const std::string& key) const {
  Buckets buckets;
  for (absl::string_view pair : absl::StrSplit(Text(key), ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(pair, ':');
    int64_t end = 0, count = 0;
    if (absl::SimpleAtoi(parts.first, &end) && absl::SimpleAtoi(parts.second, &count)) {
      buckets.emplace_back(end, count);
    }
  }
  return buckets;
}

absl::StatusOr<std::vector<RunResult>> ParseTranscript(absl::string_view text) {
  std::vector<RunResult> results;
  std::optional<RunResult> open;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const absl::string_view whole = line;
    bool good = true;
    if (absl::ConsumePrefix(&line, "@run ")) {
      good = !open.has_value() && ParseBegin(line, open.emplace());
    } else if (absl::ConsumePrefix(&line, "@end ")) {
      good = open.has_value() && ParseEnd(line, *open);
      if (good) results.push_back(*std::exchange(open, std::nullopt));
    } else {
      good = open.has_value() && ParseValue(line, *open);
    }
    if (!good) return Unexpected(whole);
  }
  if (open.has_value()) return Unexpected(absl::StrCat("@run ", open->scheduler, " ", open->run));
  return results;
}

int CountEnded(absl::string_view text) {
  int ended = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n'))
    ended += absl::StartsWith(line, "@end ");
  return ended;
}

}  // namespace scxx::bench
