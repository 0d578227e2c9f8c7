// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/output.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/stats/format.h"

namespace scxx {
namespace {

using sim::GroupStats;
using sim::RunResult;

struct Figure {
  const char* name;
  std::string (*text)(const RunResult& run, const GroupStats& group);
};

constexpr Figure kFigures[] = {
    {"cpu",
     [](const RunResult& run, const GroupStats& g) {
       return absl::StrFormat("%.1f%%", sim::ShareOf(g.cpu_time, run));
     }},
    {"wakeups", [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.wakeups); }},
    {"p50",
     [](const RunResult&, const GroupStats& g) { return FormatNanos(sim::LatencyOf(g, 50)); }},
    {"p99",
     [](const RunResult&, const GroupStats& g) { return FormatNanos(sim::LatencyOf(g, 99)); }},
    {"max", [](const RunResult&, const GroupStats& g) { return FormatNanos(g.max_latency); }},
    {"switches", [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.switches); }},
    {"migrations",
     [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.migrations); }},
    {"to caches",
     [](const RunResult&, const GroupStats& g) { return absl::StrCat(g.cache_migrations); }},
};

void AppendLine(const std::string& group, const std::string& figure,
                const std::vector<std::string>& cells, std::string* out) {
  absl::StrAppendFormat(out, "%-12s %-10s", group, figure);
  for (const std::string& cell : cells) absl::StrAppendFormat(out, " %10s", cell);
  absl::StrAppend(out, "\n");
}

constexpr std::chrono::milliseconds kOnTerminal(200);
constexpr std::chrono::milliseconds kElsewhere(10'000);

}  // namespace

absl::StatusOr<OutputFormat> ParseFormat(absl::string_view text) {
  if (text == "text") return OutputFormat::kText;
  if (text == "csv") return OutputFormat::kCsv;
  if (text == "json") return OutputFormat::kJson;
  return absl::InvalidArgumentError(
      absl::StrCat("--format=", text, " is unknown: choose text, csv or json"));
}

void Output::Begin(absl::string_view what) {
  notes_ << what << std::endl;
  if (format_ == OutputFormat::kCsv) out_ << sim::CsvHeader();
}

void Output::Add(const sim::RunResult& result, absl::string_view command) {
  ++runs_;
  failed_ += !result.ok();
  events_ += result.events;
  hash_ ^= result.hash;
  if (format_ == OutputFormat::kCsv) out_ << sim::FormatCsv(result);
  if (format_ == OutputFormat::kJson) out_ << sim::FormatJson(result);
  if (!result.ok()) {
    for (const std::string& record : result.last_records) notes_ << record << '\n';
    notes_ << result.policy << " with seed " << result.seed << " failed after "
           << FormatNanos(result.duration) << ": " << result.failure << "\nagain: " << command
           << std::endl;
  }
  AddToSums(result);
}

void Output::AddToSums(const sim::RunResult& result) {
  const auto sum = std::find_if(sums_.begin(), sums_.end(),
                                [&](const sim::RunResult& s) { return s.policy == result.policy; });
  if (sum == sums_.end()) {
    sums_.push_back(result);
  } else if (sum->names == result.names) {
    sim::Accumulate(result, &*sum);
  }
}

void Output::End(bool with_table) {
  if (with_table && format_ == OutputFormat::kText) {
    out_ << (sums_.size() == 1 ? sim::FormatTable(sums_[0]) : FormatComparison(sums_));
  }
  notes_ << absl::StrFormat("%s: %d of %d runs failed, %d events, trace %016x\n",
                            failed_ == 0 ? "PASS" : "FAIL", failed_, runs_, events_, hash_);
}

std::string FormatComparison(const std::vector<RunResult>& runs) {
  std::string out;
  std::vector<std::string> cells;
  for (const RunResult& run : runs) cells.push_back(run.policy);
  AppendLine("group", "figure", cells, &out);
  for (size_t group = 0; group < runs.front().groups.size(); ++group) {
    for (const Figure& figure : kFigures) {
      cells.clear();
      for (const RunResult& run : runs) cells.push_back(figure.text(run, run.groups[group]));
      const bool first = &figure == &kFigures[0];
      AppendLine(first ? runs.front().names[group] : "", figure.name, cells, &out);
    }
  }
  cells.clear();
  for (const RunResult& run : runs) {
    cells.push_back(absl::StrFormat("%.1f%%", sim::ShareOf(run.agent_time, run)));
  }
  AppendLine("agent", "cpu", cells, &out);
  return out;
}

void RunCounter::Show(uint64_t done, uint64_t failed) {
  const Clock::time_point now = Clock::now();
  if (now - shown_ < (terminal_ ? kOnTerminal : kElsewhere)) return;
  shown_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", Text(done, failed, elapsed).c_str());
}

void RunCounter::Clear() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

std::string RunCounter::Text(uint64_t done, uint64_t failed,
                             std::chrono::milliseconds elapsed) const {
  std::string text = absl::StrCat(done, " of ", runs_, " runs, ", failed, " failed");
  if (done == 0) return text;
  const double left = static_cast<double>(elapsed.count()) * static_cast<double>(runs_ - done) /
                      static_cast<double>(done);
  return absl::StrCat(text, ", ", static_cast<int64_t>(left / 1000) + 1, " s left");
}

}  // namespace scxx
