// SPDX-License-Identifier: Apache-2.0
//
// The main() of a program with several schedulers: --policy says which one it is this time.

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "framework/app/console.h"
#include "framework/app/linked_schedulers.h"
#include "framework/app/run_scheduler.h"
#include "framework/app/session_console.h"
#include "framework/base/flags/parse_flags.h"
#include "framework/base/process/process.h"

ABSL_FLAG(std::string, policy, "", "the scheduler to be; --list shows them");
ABSL_FLAG(bool, list, false, "show what --policy can be, and end");

namespace scxx {
namespace {

constexpr char kSummary[] = "scxx: runs the scheduler that --policy names";

std::string List() {
  size_t width = 0;
  for (const SchedulerProgram& p : LinkedSchedulers())
    width = std::max(width, p.traits.name.size());
  std::string list;
  for (const SchedulerProgram& p : LinkedSchedulers()) {
    std::string name(p.traits.name);
    name.resize(width, ' ');
    absl::StrAppend(&list, name, "  ", p.summary, "\n");
  }
  return list;
}

std::string Names() {
  return absl::StrJoin(LinkedSchedulers(), ", ", [](std::string* out, const SchedulerProgram& p) {
    absl::StrAppend(out, p.traits.name);
  });
}

int Refuse(Console& console, absl::string_view problem) {
  console.Complain(problem);
  return static_cast<int>(ExitCode::kUsage);
}

// The command line is read twice: here for its scheduler, and by that one, after it has set its
// defaults.
int Run(int argc, char** argv) {
  Console console("scxx", STDOUT_FILENO, STDERR_FILENO);
  const std::string help = HelpText(kSummary);
  const absl::StatusOr<ParsedFlags> parsed = ParseFlags({argv + 1, argv + argc});
  if (!parsed.ok()) {
    return Refuse(
        console, absl::StrCat(std::string(parsed.status().message()), " (--help lists all flags)"));
  }
  const std::string policy = absl::GetFlag(FLAGS_policy);
  if (absl::GetFlag(FLAGS_list)) {
    console.Print(List());
    return 0;
  }
  if (policy.empty() && parsed->help) {
    console.Print(absl::StrCat(help, "\n--policy is one of\n\n", List()));
    return 0;
  }
  const SchedulerProgram* const program = FindScheduler(policy);
  if (program != nullptr) return RunProgram(argc, argv, *program);
  const std::string problem =
      policy.empty() ? "--policy is missing" : absl::StrCat("there is no policy ", policy);
  return Refuse(console, absl::StrCat(problem, ": choose one of ", Names()));
}

}  // namespace
}  // namespace scxx

int main(int argc, char** argv) {
  scxx::FillStandardStreams();
  return scxx::Run(argc, argv);
}
