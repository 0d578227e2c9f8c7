// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/comparison.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/schedbench/plan/contenders.h"
#include "tools/schedbench/plan/suite.h"

namespace scxx::bench {
namespace {

// Several emulated CPUs can stand still behind each other's back.
bool NeedsProbe(Mode mode) { return mode == Mode::kExact2 || mode == Mode::kConcurrent; }

absl::Status CheckMode(Mode mode) {
  if (mode != Mode::kConcurrent || sysconf(_SC_NPROCESSORS_ONLN) >= CpusOf(mode)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--mode=concurrent takes ", CpusOf(mode), " host CPUs; use --mode=exact"));
}

absl::StatusOr<SetupOptions> ToSetup(const Options& options, std::vector<Run> runs) {
  absl::StatusOr<std::vector<Contender>> contenders =
      ChooseContenders(options.schedulers, options.peers, OwnCatalog());
  if (!contenders.ok()) return contenders.status();
  SetupOptions setup = {.mode = options.mode,
                        .contenders = *std::move(contenders),
                        .before = {},
                        .runs = std::move(runs),
                        .settle = options.settle,
                        .possible = options.possible,
                        .kernel = options.kernel};
  if (NeedsProbe(options.mode)) setup.before.push_back(FreezeProbe());
  return setup;
}

// As the driver counts them: attaching and detaching are runs, too.
int CountRuns(const SetupOptions& options) {
  size_t runs = options.before.size() + options.contenders.size() * options.runs.size();
  for (const Contender& contender : options.contenders) runs += contender.file.empty() ? 0 : 2;
  return static_cast<int>(runs);
}

constexpr char kProbeName[] = "freeze_probe";
constexpr double kLongestGapNs = 20e6;

}  // namespace

absl::StatusOr<Comparison> Comparison::Prepare(const Options& options) {
  if (const absl::Status status = CheckMode(options.mode); !status.ok()) return status;
  absl::StatusOr<std::vector<Workload>> workloads =
      ChooseWorkloads(options.workloads, options.mode);
  if (!workloads.ok()) return workloads.status();
  const absl::StatusOr<SetupOptions> setup_options = ToSetup(options, RunsOf(*workloads));
  if (!setup_options.ok()) return setup_options.status();
  absl::StatusOr<Setup> setup =
      options.mode == Mode::kHost ? SetUpHost(*setup_options) : SetUpGuest(*setup_options);
  if (!setup.ok()) return setup.status();

  Comparison comparison;
  comparison.runs_a_boot_ = CountRuns(*setup_options);
  comparison.campaign_ = {.boot = std::move(setup->boot), .machines = MachinesOf(options)};
  for (int i = 0; i < options.seeds; ++i) {
    comparison.campaign_.seeds.push_back(static_cast<uint64_t>(options.first_seed + i));
  }
  Results& results = comparison.results_;
  results.mode = options.mode;
  for (const Contender& c : setup_options->contenders) results.schedulers.push_back(c.name);
  results.workloads = *std::move(workloads);
  results.seeds = comparison.campaign_.seeds;
  results.made_with = std::move(setup->made_with);
  return comparison;
}

int Comparison::total_runs() const {
  return runs_a_boot_ * static_cast<int>(campaign_.seeds.size());
}

absl::StatusOr<Results> Comparison::Run(const std::function<void(const BootsDone&)>& progress) {
  const absl::StatusOr<std::vector<std::string>> transcripts = RunCampaign(campaign_, progress);
  if (!transcripts.ok()) return transcripts.status();
  return WithBoots(results_, *transcripts);
}

absl::StatusOr<Results> WithBoots(Results results, const std::vector<std::string>& transcripts) {
  const std::vector<uint64_t> all_seeds = std::exchange(results.seeds, {});
  absl::Status disqualified;
  for (size_t i = 0; i < transcripts.size(); ++i) {
    absl::StatusOr<std::vector<RunResult>> runs = ParseTranscript(transcripts[i]);
    if (!runs.ok()) return runs.status();
    const absl::Status judged = NeedsProbe(results.mode) ? JudgeProbe(*runs) : absl::OkStatus();
    disqualified.Update(judged);
    if (!judged.ok()) continue;
    results.seeds.push_back(all_seeds[i]);
    results.boots.push_back(*std::move(runs));
  }
  const size_t lost = all_seeds.size() - results.seeds.size();
  if (lost == 0) return results;
  const std::string reason =
      absl::StrCat(lost, " of ", all_seeds.size(), " boots disqualified: ", disqualified.message());
  if (results.boots.empty()) return absl::UnavailableError(reason);
  results.made_with.emplace_back("probe", reason);
  return results;
}

Run FreezeProbe() {
  return {kProbeName, {"nice_mix", "--nices=0,0", "--pin_cpus=2", "--duration=2s"}};
}

absl::Status JudgeProbe(const std::vector<RunResult>& boot) {
  for (const RunResult& run : boot) {
    if (run.run != kProbeName) continue;
    const std::optional<double> gap = run.Number("max_gap_ns");
    if (run.exit_code != 0 || !gap.has_value()) break;
    if (*gap <= kLongestGapNs) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrFormat("a task alone on its CPU stood still for %.1f ms", *gap / 1e6));
  }
  return absl::UnavailableError("the freeze probe did not run");
}

}  // namespace scxx::bench
