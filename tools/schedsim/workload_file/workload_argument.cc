// SPDX-License-Identifier: Apache-2.0
#include "tools/schedsim/workload_file/workload_argument.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "framework/sim/load/workload.h"
#include "tools/schedbench/user_path.h"

namespace scxx {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const std::ifstream file(bench::UserPath(path));
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return absl::NotFoundError(
        absl::StrCat("--workload=", path,
                     " cannot be read: give a file in rt-app's format, or a name without / "
                     "and . of a built-in one"));
  }
  return std::move(text).str();
}

}  // namespace

absl::StatusOr<RtAppFile> FindWorkload(const std::string& argument, int nr_cpus) {
  if (argument.find_first_of("/.") == std::string::npos) {
    absl::StatusOr<sim::Workload> workload = sim::BuiltinWorkload(argument, nr_cpus);
    if (!workload.ok()) return workload.status();
    return RtAppFile{.workload = *std::move(workload)};
  }
  const absl::StatusOr<std::string> text = ReadFile(argument);
  if (!text.ok()) return text.status();
  return ReadRtApp(argument, *text, nr_cpus);
}

}  // namespace scxx
