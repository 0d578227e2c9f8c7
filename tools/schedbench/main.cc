// SPDX-License-Identifier: Apache-2.0
//
// schedbench: compares schedulers on a real kernel, repeatably. See README.md.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "framework/base/flags/parse_flags.h"
#include "tools/schedbench/boots/campaign.h"
#include "tools/schedbench/comparison.h"
#include "tools/schedbench/flags.h"
#include "tools/schedbench/plan/hard_loads.h"
#include "tools/schedbench/plan/suite.h"
#include "tools/schedbench/reliability.h"
#include "tools/schedbench/report/baseline.h"
#include "tools/schedbench/report/format.h"
#include "tools/schedbench/report/html.h"
#include "tools/schedbench/report/reliability.h"
#include "tools/schedbench/report/table.h"

namespace scxx::bench {
namespace {

constexpr int kFailed = 1;
constexpr int kUsageError = 2;

constexpr char kSummary[] =
    "schedbench: compares schedulers on a real kernel, in QEMU machines. Prints a table: a row a "
    "workload and metric, a column a scheduler.\n"
    "Exits with 0, 1 when a machine or a check failed, 2 when it could not start.";

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "schedbench: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ? kUsageError : kFailed;
}

absl::Status Write(const std::string& text, const std::string& file) {
  if (file.empty()) {
    std::fputs(text.c_str(), stdout);
    return absl::OkStatus();
  }
  std::ofstream out(file);
  out << text;
  out.close();
  if (out) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("cannot write ", file));
}

absl::Status Judge(const Options& options, const Results& results) {
  const bool given = !options.baseline.empty();
  if (options.update) {
    return UpdateBaseline(given ? options.baseline : BaselineToWrite(), results);
  }
  if (!options.check) return absl::OkStatus();
  std::string report;
  const absl::Status status =
      CheckAgainst(given ? options.baseline : BaselineToRead(), results, report);
  std::fputs(report.c_str(), stderr);
  return status;
}

absl::Status Report(const Options& options, const Results& results) {
  const Table table = MakeTable(results);
  absl::Status status = Write(Print(options.format, results, table), options.out);
  if (!options.html.empty()) status.Update(Write(ToHtml(results, table), options.html));
  status.Update(Judge(options, results));
  return status;
}

int TryHardLoads(const Options& options) {
  absl::StatusOr<Reliability> reliability = Reliability::Prepare(options);
  if (!reliability.ok()) return Fail(reliability.status());
  ProgressLine progress(reliability->runs(), reliability->boots(), isatty(STDERR_FILENO) != 0);
  const absl::StatusOr<ReliabilityResults> results =
      reliability->Run([&](const BootsDone& now) { progress.Show(now); });
  progress.Clear();
  if (!results.ok()) return Fail(results.status());
  const absl::Status status = Write(ToMarkdown(*results), options.out);
  return status.ok() ? 0 : Fail(status);
}

int Main(const Options& options) {
  if (options.list) {
    const std::string list = options.reliability ? DescribeHardLoads() : DescribeSuite();
    std::fputs(list.c_str(), stdout);
    return 0;
  }
  if (const absl::Status status = Validate(options); !status.ok()) return Fail(status);
  if (options.reliability) return TryHardLoads(options);
  absl::StatusOr<Comparison> comparison = Comparison::Prepare(options);
  if (!comparison.ok()) return Fail(comparison.status());
  ProgressLine progress(comparison->total_runs(), options.seeds, isatty(STDERR_FILENO) != 0);
  const absl::StatusOr<Results> results =
      comparison->Run([&](const BootsDone& now) { progress.Show(now); });
  progress.Clear();
  if (!results.ok()) return Fail(results.status());
  const absl::Status status = Report(options, *results);
  return status.ok() ? 0 : Fail(status);
}

int Start(const std::vector<std::string>& arguments) {
  const absl::StatusOr<ParsedFlags> parsed = ParseFlags(arguments);
  if (!parsed.ok()) return Fail(parsed.status());
  if (!parsed->help) return Main(OptionsFromFlags());
  std::fputs(HelpText(kSummary).c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace scxx::bench

int main(int argc, char** argv) { return scxx::bench::Start({argv + 1, argv + argc}); }
