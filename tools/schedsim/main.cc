// SPDX-License-Identifier: Apache-2.0
// Runs a policy on a simulated machine. See README.md.

#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "framework/app/parse_flags.h"
#include "framework/sim/campaign.h"
#include "framework/sim/report.h"
#include "framework/sim/simulation.h"
#include "framework/sim/workload.h"
#include "framework/stats/format.h"
#include "tools/schedsim/policies.h"
#include "tools/schedsim/topology_flag.h"
#include "tools/schedsim/workload_file/workload_argument.h"

ABSL_FLAG(std::string, policy, "fifo", "the policy to simulate: fifo, latency or vruntime");
ABSL_FLAG(std::string, workload, "mixed",
          "what runs: a built-in workload, or a file in rt-app's format (docs/workloads.md)");
ABSL_FLAG(std::string, topology, "4",
          "CPUs, or NODESxLLCSxCORESxTHREADS: 2x1x4x2 is two nodes of four cores with two threads");
ABSL_FLAG(uint64_t, seed, 1, "where all chance comes from");
ABSL_FLAG(absl::Duration, duration, absl::ZeroDuration(),
          "how long to simulate, of the machine's time; 0: as the workload's file says, or 1s");
ABSL_FLAG(uint64_t, seeds, 1, "how many seeds, from --seed on");
ABSL_FLAG(bool, campaign, false,
          "draw machine, workload and faults from the seed, instead of --workload and --topology");
ABSL_FLAG(std::string, format, "table", "table, csv or json");

namespace scxx {
namespace {

constexpr int kPassed = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

absl::StatusOr<sim::SimulationOptions> OptionsFromFlags(uint64_t seed) {
  if (absl::GetFlag(FLAGS_campaign)) return sim::CampaignRun(seed);
  absl::StatusOr<TopologySpec> topology = ParseTopology(absl::GetFlag(FLAGS_topology));
  if (!topology.ok()) return topology.status();
  absl::StatusOr<RtAppFile> file = FindWorkload(absl::GetFlag(FLAGS_workload), CpusOf(*topology));
  if (!file.ok()) return file.status();
  const absl::Duration flag = absl::GetFlag(FLAGS_duration);
  if (flag < absl::ZeroDuration() || flag > absl::Hours(24)) {
    return absl::InvalidArgumentError("--duration is out of range: choose it from 1ns to 24h");
  }
  const Nanos duration = flag == absl::ZeroDuration() ? file->duration.value_or(Seconds(1))
                                                      : Nanos(absl::ToInt64Nanoseconds(flag));
  return sim::SimulationOptions{.topology = *topology,
                                .workload = std::move(file->workload),
                                .seed = seed,
                                .duration = duration};
}

void Print(const sim::RunResult& result, const std::string& format) {
  if (format == "json") {
    std::cout << sim::FormatJson(result);
  } else if (format == "csv") {
    std::cout << sim::FormatCsv(result);
  } else {
    std::cout << sim::FormatTable(result);
  }
}

// Only what differs from the defaults, so that it can be pasted.
std::string CommandFor(uint64_t seed) {
  std::string command =
      absl::StrCat("bazel run //tools/schedsim -- --policy=", absl::GetFlag(FLAGS_policy));
  if (absl::GetFlag(FLAGS_campaign)) {
    absl::StrAppend(&command, " --campaign");
  } else {
    absl::StrAppend(&command, " --workload=", absl::GetFlag(FLAGS_workload),
                    " --topology=", absl::GetFlag(FLAGS_topology));
    if (absl::GetFlag(FLAGS_duration) != absl::ZeroDuration()) {
      absl::StrAppend(&command,
                      " --duration=", absl::FormatDuration(absl::GetFlag(FLAGS_duration)));
    }
  }
  return absl::StrCat(command, " --seed=", seed);
}

void PrintFailure(const sim::RunResult& result, std::ostream& out) {
  for (const std::string& record : result.last_records) out << record << '\n';
  out << "seed " << result.seed << " failed after " << FormatNanos(result.duration) << ": "
      << result.failure << "\nagain: " << CommandFor(result.seed) << '\n';
}

struct Totals {
  uint64_t seeds = 0;
  uint64_t failed = 0;
  uint64_t events = 0;
  uint64_t hash = 0;
};

void PrintVerdict(const Totals& totals, std::ostream& out) {
  out << absl::StrFormat("%s: %d of %d seeds failed, %d events, trace %016x\n",
                         totals.failed == 0 ? "PASS" : "FAIL", totals.failed, totals.seeds,
                         totals.events, totals.hash);
}

// One seed.
sim::RunResult RunSeed(const sim::SimulationOptions& options, const sim::SimulatedPolicy& policy,
                       std::ostream& notes) {
  if (absl::GetFlag(FLAGS_seeds) == 1) {
    notes << "seed " << options.seed << ": " << sim::Describe(options) << std::endl;
  }
  sim::RunResult result = sim::RunSimulation(options, policy);
  if (!result.ok()) PrintFailure(result, notes);
  return result;
}

int Simulate() {
  const std::string format = absl::GetFlag(FLAGS_format);
  if (format != "table" && format != "csv" && format != "json") {
    std::cerr << "schedsim: --format=" << format << " is unknown: choose table, csv or json\n";
    return kUsage;
  }
  const uint64_t first = absl::GetFlag(FLAGS_seed);
  absl::StatusOr<sim::SimulatedPolicy> policy = FindPolicy(absl::GetFlag(FLAGS_policy));
  for (const absl::Status& status : {policy.status(), OptionsFromFlags(first).status()}) {
    if (status.ok()) continue;
    std::cerr << "schedsim: " << status.message() << '\n';
    return kUsage;
  }
  std::ostream& notes = format == "table" ? std::cout : std::cerr;
  Totals totals;
  for (; totals.seeds < absl::GetFlag(FLAGS_seeds); ++totals.seeds) {
    const sim::RunResult result = RunSeed(*OptionsFromFlags(first + totals.seeds), *policy, notes);
    totals.failed += !result.ok();
    totals.events += result.events;
    totals.hash ^= result.hash;
    if (absl::GetFlag(FLAGS_seeds) == 1) Print(result, format);
    if (totals.seeds % 1000 == 999) notes << totals.seeds + 1 << " seeds" << std::endl;
  }
  PrintVerdict(totals, notes);
  return totals.failed == 0 ? kPassed : kFailed;
}

int Main(const std::vector<std::string>& arguments) {
  const std::string help = HelpText("schedsim: runs a policy on a simulated machine");
  const absl::StatusOr<ParsedFlags> parsed = ParseFlags(arguments);
  if (!parsed.ok()) {
    std::cerr << "schedsim: " << parsed.status().message() << " (--help lists all flags)\n";
    return kUsage;
  }
  if (!parsed->help) return Simulate();
  std::cout << help << "\nworkloads:\n" << sim::BuiltinWorkloads() << '\n';
  return kPassed;
}

}  // namespace
}  // namespace scxx

int main(int argc, char** argv) { return scxx::Main({argv + 1, argv + argc}); }
