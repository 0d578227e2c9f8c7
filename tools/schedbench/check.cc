// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/check.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/schedbench/baseline.h"
#include "tools/vm/locate.h"

namespace scxx::bench {
namespace {

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
