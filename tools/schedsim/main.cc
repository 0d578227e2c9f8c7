// SPDX-License-Identifier: Apache-2.0
// Runs a policy on a simulated machine. See README.md.

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "framework/base/flags/parse_flags.h"
#include "framework/base/range.h"
#include "framework/sim/campaign.h"
#include "framework/sim/core/trace.h"
#include "framework/sim/load/workload.h"
#include "framework/sim/simulation.h"
#include "tools/schedbench/user_path.h"
#include "tools/schedsim/flags.h"
#include "tools/schedsim/output.h"
#include "tools/schedsim/policies.h"
#include "tools/schedsim/trace_writer.h"
#include "tools/schedsim/workload_file/workload_file.h"

ABSL_FLAG(std::string, policy, "fifo",
          "the policy to simulate, and flags for it alone: vruntime+nodomains; --help lists them");
ABSL_FLAG(std::string, compare, "",
          "several policies, side by side, instead: fifo,vruntime,vruntime+nodomains");
ABSL_FLAG(std::string, workload, "mixed",
          "what runs: a built-in workload, or a file in rt-app's format (docs/workloads.md)");
ABSL_FLAG(std::string, topology, "4",
          "CPUs, or NODESxLLCSxCORESxTHREADS: 2x1x4x2 is two nodes of four cores with two threads");
ABSL_FLAG(uint64_t, seed, 1, "where all chance comes from");
ABSL_FLAG(absl::Duration, duration, absl::ZeroDuration(),
          "how long to simulate, of the machine's time; 0: as the workload's file says, or 1s");
ABSL_FLAG(uint64_t, seeds, 1, "how many seeds, from --seed on");
ABSL_FLAG(std::string, faults, "",
          "what goes wrong in the first half of a run, like stop_agent,nice=2ms; --help lists all; "
          "default none, or what --campaign draws");
ABSL_FLAG(bool, campaign, false,
          "draw machine, workload and faults from the seed, instead of --workload and --topology");
ABSL_FLAG(bool, harsh, false,
          "with --campaign: draw kernel threads, higher classes, crowds on one CPU, few slots and "
          "absent CPUs too");
ABSL_FLAG(bool, check, true,
          "look after every event for what must not happen; without, only a kernel's own reasons "
          "end a run");
ABSL_FLAG(std::string, trace, "",
          "a file for every step of the run: JSON for Perfetto if it ends in .json, else text");
ABSL_FLAG(std::string, format, "text", "text, csv (a line a task group) or json (a line a run)");

namespace scxx {
namespace {

constexpr int kPassed = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

int Usage(absl::string_view message) {
  std::cerr << "schedsim: " << message << '\n';
  return kUsage;
}

absl::Status SetFaults(sim::SimulationOptions* options) {
  const std::string text = absl::GetFlag(FLAGS_faults);
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<sim::FaultRates> faults = ParseFaults(text);
  if (!faults.ok()) return faults.status();
  options->faults = *faults;
  // A lease like a campaign's: the bounds are made for it.
  options->hold_max = Millis(60);
  options->liveness = options->duration / 2;
  options->safety_bounds.max_idle = Millis(140);
  options->safety_bounds.sane_agent = options->liveness_bounds.sane_agent =
      faults->hostile == Nanos::Zero();
  return absl::OkStatus();
}

absl::StatusOr<Nanos> DurationOf(const RtAppFile& file) {
  const absl::Duration flag = absl::GetFlag(FLAGS_duration);
  const absl::Status status = CheckRange("duration", flag, absl::ZeroDuration(), absl::Hours(24));
  if (!status.ok()) return status;
  return flag == absl::ZeroDuration() ? file.duration.value_or(Seconds(1))
                                      : Nanos(absl::ToInt64Nanoseconds(flag));
}

// All but the seed.
absl::StatusOr<sim::SimulationOptions> OptionsFromFlags() {
  absl::StatusOr<TopologySpec> topology = ParseTopology(absl::GetFlag(FLAGS_topology));
  if (!topology.ok()) return topology.status();
  absl::StatusOr<RtAppFile> file = FindWorkload(absl::GetFlag(FLAGS_workload), CpusOf(*topology));
  if (!file.ok()) return file.status();
  const absl::StatusOr<Nanos> duration = DurationOf(*file);
  if (!duration.ok()) return duration.status();
  sim::SimulationOptions options{
      .topology = *topology, .workload = std::move(file->workload), .duration = *duration};
  options.check = absl::GetFlag(FLAGS_check);
  const absl::Status faults = SetFaults(&options);
  if (!faults.ok()) return faults;
  return options;
}

sim::SimulationOptions ForSeed(const sim::SimulationOptions& options, uint64_t seed) {
  sim::SimulationOptions one = options;
  if (absl::GetFlag(FLAGS_campaign)) {
    one = absl::GetFlag(FLAGS_harsh) ? sim::HarshCampaignRun(seed) : sim::CampaignRun(seed);
    one.tracer = options.tracer;
    (void)SetFaults(&one);
  }
  one.seed = seed;
  return one;
}

absl::StatusOr<std::vector<sim::SimulatedPolicy>> PoliciesFromFlags(
    const std::vector<std::string>& arguments) {
  const std::string compared = absl::GetFlag(FLAGS_compare);
  std::vector<sim::SimulatedPolicy> policies;
  for (const absl::string_view name :
       absl::StrSplit(compared.empty() ? absl::GetFlag(FLAGS_policy) : compared, ',')) {
    absl::StatusOr<sim::SimulatedPolicy> policy = FindPolicy(name, arguments);
    if (!policy.ok()) return policy.status();
    policies.push_back(*std::move(policy));
  }
  return policies;
}

// Only what differs from the defaults, so that it can be pasted.
std::string CommandFor(const sim::RunResult& result) {
  std::string command = absl::StrCat("bazel run //tools/schedsim -- --policy=", result.policy);
  if (absl::GetFlag(FLAGS_campaign)) {
    absl::StrAppend(&command, " --campaign", absl::GetFlag(FLAGS_harsh) ? " --harsh" : "");
  } else {
    absl::StrAppend(&command, " --workload=", absl::GetFlag(FLAGS_workload),
                    " --topology=", absl::GetFlag(FLAGS_topology));
    if (absl::GetFlag(FLAGS_duration) != absl::ZeroDuration()) {
      absl::StrAppend(&command,
                      " --duration=", absl::FormatDuration(absl::GetFlag(FLAGS_duration)));
    }
  }
  const std::string faults = absl::GetFlag(FLAGS_faults);
  if (!faults.empty()) absl::StrAppend(&command, " --faults=", faults);
  return absl::StrCat(command, " --seed=", result.seed);
}

std::string Describe(const sim::SimulationOptions& options, uint64_t seeds) {
  const uint64_t first = options.seed;
  if (seeds == 1) return absl::StrCat("seed ", first, ": ", sim::Describe(options));
  const std::string range = absl::StrCat("seeds ", first, " to ", first + seeds - 1, ": ");
  return absl::StrCat(range, absl::GetFlag(FLAGS_campaign) ? "a campaign" : sim::Describe(options));
}

int Simulate(const sim::SimulationOptions& options,
             const std::vector<sim::SimulatedPolicy>& policies, OutputFormat format) {
  const uint64_t first = absl::GetFlag(FLAGS_seed);
  const uint64_t seeds = absl::GetFlag(FLAGS_seeds);
  Output output(format, std::cout, std::cerr);
  output.Begin(Describe(ForSeed(options, first), seeds));
  RunCounter counter(seeds * policies.size(), isatty(STDERR_FILENO) != 0);
  for (uint64_t seed = first; seed - first < seeds; ++seed) {
    const sim::SimulationOptions one = ForSeed(options, seed);
    for (const sim::SimulatedPolicy& policy : policies) {
      const sim::RunResult result = sim::RunSimulation(one, policy);
      if (!result.ok()) counter.Clear();
      output.Add(result, CommandFor(result));
      counter.Show(output.runs(), output.failed());
    }
  }
  counter.Clear();
  // Campaigns' runs have each a workload of their own, and no table in common.
  output.End(/*with_table=*/!absl::GetFlag(FLAGS_campaign) || seeds == 1);
  return output.failed() == 0 ? kPassed : kFailed;
}

// One run, with a trace.
int SimulateTraced(const std::string& path, sim::SimulationOptions options,
                   const std::vector<sim::SimulatedPolicy>& policies, OutputFormat format) {
  if (absl::GetFlag(FLAGS_seeds) != 1 || policies.size() != 1) {
    return Usage("--trace is of one run: leave out --seeds and --compare");
  }
  options = ForSeed(options, absl::GetFlag(FLAGS_seed));
  std::ofstream file(bench::UserPath(path));
  const std::unique_ptr<TraceWriter> writer = MakeTraceWriter(path, file, CpusOf(options.topology));
  options.tracer = [&](const sim::TraceRecord& record, absl::string_view comm) {
    writer->Add(record, comm);
  };
  const int status = file ? Simulate(options, policies, format) : kUsage;
  writer->Finish();
  file.close();
  return file ? status : Usage(absl::StrCat("--trace=", path, " cannot be written"));
}

int Main(const std::vector<std::string>& arguments) {
  const std::string help = HelpText("schedsim: runs a policy on a simulated machine");
  const absl::StatusOr<ParsedFlags> parsed = ParseFlags(arguments);
  if (!parsed.ok()) return Usage(absl::StrCat(parsed.status().message(), " (--help lists all)"));
  if (parsed->help) {
    std::cout << help << "\npolicies: " << absl::StrJoin(PolicyNames(), ", ") << "\n\nworkloads:\n"
              << sim::BuiltinWorkloads() << "\n\nfaults: " << FaultsHelp() << '\n';
    return kPassed;
  }
  if (absl::GetFlag(FLAGS_harsh) && !absl::GetFlag(FLAGS_campaign)) {
    return Usage("--harsh is of --campaign: choose both or neither");
  }
  if (absl::GetFlag(FLAGS_seeds) == 0) return Usage("--seeds=0 runs nothing: choose 1 or more");
  const absl::StatusOr<OutputFormat> format = ParseFormat(absl::GetFlag(FLAGS_format));
  const absl::StatusOr<sim::SimulationOptions> options = OptionsFromFlags();
  const absl::StatusOr<std::vector<sim::SimulatedPolicy>> policies = PoliciesFromFlags(arguments);
  for (const absl::Status& status : {format.status(), policies.status(), options.status()}) {
    if (!status.ok()) return Usage(status.message());
  }
  const std::string trace = absl::GetFlag(FLAGS_trace);
  return trace.empty() ? Simulate(*options, *policies, *format)
                       : SimulateTraced(trace, *options, *policies, *format);
}

}  // namespace
}  // namespace scxx

int main(int argc, char** argv) { return scxx::Main({argv + 1, argv + argc}); }
