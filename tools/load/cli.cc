// SPDX-License-Identifier: Apache-2.0
#include "tools/load/cli.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "framework/base/duration.h"
#include "tools/load/registry.h"
#include "tools/load/runner.h"

namespace scxx::load {
namespace {

constexpr char kUsage[] =
    "usage: load WORKLOAD [--FLAG=VALUE]...\n"
    "       load --list\n"
    "       load WORKLOAD --help\n";

// What every workload understands.
struct CommonOptions {
  int64_t seed = 1;
  CpuSet cpus;
  absl::Duration limit = RunSettings().limit;
  absl::Duration settle = RunSettings().settle;
  absl::Duration max_wait = absl::InfiniteDuration();
  std::string format = "text";
  std::string fault = "none";
  std::string fault_target;
  absl::Duration fault_at = FaultPlan().at;
  absl::Duration fault_for = FaultPlan().lasting;
};

void RegisterCommonFlags(CommonOptions& options, FlagSet& flags) {
  flags.Int64("seed", &options.seed, {0}, "same seed, same work");
  flags.Cpus("cpus", &options.cpus, "run on these CPUs only");
  flags.Duration("limit", &options.limit, "call a run stalled that is not done after this");
  flags.Duration("settle", &options.settle, "wait before the start (after a boot: 4s)");
  flags.Duration("max_wait", &options.max_wait, "fail if any task waits longer");
  flags.Choice("format", &options.format, {"text", "full", "json"}, "how to print the result");
  flags.Choice("fault", &options.fault, {"none", "stop", "kill", "slow"},
               "what to do to the target");
  flags.String("fault_target", &options.fault_target, "process id or command name");
  flags.Duration("fault_at", &options.fault_at, "when, from the start");
  flags.Duration("fault_for", &options.fault_for, "how long (stop and slow)");
}

FaultPlan::Kind FaultKind(const std::string& name) {
  for (const auto kind : {FaultPlan::Kind::kStop, FaultPlan::Kind::kKill, FaultPlan::Kind::kSlow}) {
    if (FaultName(kind) == name) return kind;
  }
  return FaultPlan::Kind::kNone;
}

RunSettings ToSettings(const CommonOptions& options) {
  return {.seed = static_cast<uint64_t>(options.seed),
          .cpus = options.cpus,
          .limit = options.limit,
          .settle = options.settle,
          .fault = {.kind = FaultKind(options.fault),
                    .target = options.fault_target,
                    .at = options.fault_at,
                    .lasting = options.fault_for}};
}

CliOutput UsageError(absl::string_view message) {
  return {kExitUsage, "", absl::StrCat("load: ", message, "\n")};
}

CliOutput Failure(absl::string_view message, std::string out = "") {
  return {kExitFailed, std::move(out), absl::StrCat("load: ", message, "\n")};
}

CliOutput List() {
  CliOutput output;
  for (const RegisteredWorkload& entry : AllWorkloads()) {
    absl::StrAppend(&output.out, entry.make()->name(), "  ", entry.summary, "\n");
  }
  return output;
}

// "--name=value" or "--name".
absl::Status ParseFlag(absl::string_view argument, FlagSet& own, FlagSet& common) {
  if (!absl::ConsumePrefix(&argument, "--")) {
    return absl::InvalidArgumentError(absl::StrCat("unexpected argument ", argument));
  }
  const std::pair<std::string, std::string> flag =
      absl::StrSplit(argument, absl::MaxSplits('=', 1));
  FlagSet& flags = own.Has(flag.first) ? own : common;
  return flags.Set(flag.first, flag.second);
}

std::string Print(const Record& record, const std::string& format) {
  if (format == "json") return record.ToJson() + "\n";
  return format == "full" ? record.ToFullText() : record.ToText();
}

CliOutput Report(const LoadResult& result, const CommonOptions& options) {
  const Record record = ToRecord(result);
  std::string out = Print(record, options.format);
  if (result.stalled) return Failure("the run stalled: see unfinished and max_wait_ns", out);
  if (result.fault.has_value() && !result.fault->happened) {
    return Failure("the run ended before --fault_at", out);
  }
  if (ToDuration(result.max_wait()) > options.max_wait) {
    return Failure(
        absl::StrCat("a task waited ", absl::FormatDuration(ToDuration(result.max_wait())),
                     ", longer than --max_wait=", absl::FormatDuration(options.max_wait)),
        out);
  }
  return {kExitOk, std::move(out), ""};
}

}  // namespace

CliOutput RunCli(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return {kExitUsage, "", kUsage};
  if (arguments[0] == "--list") return List();
  if (arguments[0] == "--help") return {kExitOk, kUsage, ""};
  const std::unique_ptr<Workload> workload = MakeWorkload(arguments[0]);
  if (workload == nullptr) {
    return UsageError(absl::StrCat("unknown workload ", arguments[0], " (load --list names them)"));
  }

  FlagSet own;
  workload->RegisterFlags(own);
  CommonOptions options;
  FlagSet common;
  RegisterCommonFlags(options, common);
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--help") return {kExitOk, own.Help() + common.Help(), ""};
    const absl::Status parsed = ParseFlag(arguments[i], own, common);
    if (!parsed.ok()) {
      return UsageError(absl::StrCat(parsed.message(), " (load ", arguments[0], " --help)"));
    }
  }

  const absl::StatusOr<LoadResult> result = RunLoad(*workload, ToSettings(options));
  if (!result.ok()) return Failure(result.status().message());
  return Report(*result, options);
}

}  // namespace scxx::load
