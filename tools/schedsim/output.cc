// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/output.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/stats/format.h"
#include "tools/schedsim/comparison.h"

namespace scxx {

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

}  // namespace scxx
