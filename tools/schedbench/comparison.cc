// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/comparison.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/schedbench/contenders.h"
#include "tools/schedbench/made_with.h"
#include "tools/schedbench/plan.h"
#include "tools/vm/locate.h"

namespace scxx::bench {
namespace {

constexpr char kLoad[] = "/bin/load";
constexpr char kDriver[] = "/bin/schedbench_driver";

std::string FindOurs(const std::string& name) {
  return vm::FindRunfile(absl::StrCat("scxx/schedulers/", name, "/", name));
}

absl::StatusOr<std::string> FindTool(const std::string& runfile) {
  std::string file = vm::FindRunfile(runfile);
  if (!file.empty()) return file;
  return absl::NotFoundError(absl::StrCat("no ", runfile, ": start schedbench with bazel run"));
}

// The files of the guest, the same in every boot.
absl::StatusOr<std::vector<vm::GuestFile>> GuestFiles(const std::vector<Contender>& contenders) {
  const absl::StatusOr<std::string> load = FindTool("scxx/tools/load/load");
  const absl::StatusOr<std::string> driver = FindTool("scxx/tools/schedbench/guest/driver_program");
  if (!load.ok()) return load.status();
  if (!driver.ok()) return driver.status();
  std::vector<vm::GuestFile> files = {{*load, kLoad}, {*driver, kDriver}};
  for (const Contender& contender : contenders) {
    if (!contender.file.empty()) files.push_back({contender.file, contender.GuestFile()});
  }
  return files;
}

absl::StatusOr<vm::VmOptions> MachineFor(const Options& options, const Plan& plan,
                                         const std::vector<Contender>& contenders) {
  vm::VmOptions machine;
  machine.kernel = options.kernel;
  if (machine.kernel.empty()) {
    absl::StatusOr<std::string> kernel = vm::FindKernel();
    if (!kernel.ok()) return kernel.status();
    machine.kernel = *std::move(kernel);
  }
  if (const absl::Status status = vm::CheckKernel(machine.kernel); !status.ok()) return status;
  absl::StatusOr<std::vector<vm::GuestFile>> files = GuestFiles(contenders);
  if (!files.ok()) return files.status();
  machine.files = *std::move(files);
  const absl::StatusOr<std::vector<std::string>> lines = EncodePlan(plan);
  if (!lines.ok()) return lines.status();
  machine.command = {kDriver, absl::StrCat("--settle=", absl::FormatDuration(options.settle)),
                     "--"};
  machine.command.insert(machine.command.end(), lines->begin(), lines->end());
  machine.cpus = CpusOf(options.mode);
  machine.exact = true;
  return machine;
}

}  // namespace

absl::StatusOr<Comparison> Comparison::Prepare(const Options& options) {
  if (options.mode != Mode::kExact) {
    return absl::InvalidArgumentError(
        absl::StrCat("--mode=", AbslUnparseFlag(options.mode), " is not there yet: use exact"));
  }
  absl::StatusOr<std::vector<Workload>> workloads =
      ChooseWorkloads(options.workloads, options.mode);
  if (!workloads.ok()) return workloads.status();
  const absl::StatusOr<std::vector<Contender>> contenders =
      ChooseContenders(options.schedulers, options.peers, FindOurs);
  if (!contenders.ok()) return contenders.status();
  const Plan plan = {SchedulersOf(*contenders), RunsOf(*workloads)};
  absl::StatusOr<vm::VmOptions> machine = MachineFor(options, plan, *contenders);
  if (!machine.ok()) return machine.status();
  absl::StatusOr<MadeWith> made_with = DescribeMachine(*machine);
  if (!made_with.ok()) return made_with.status();

  Comparison comparison;
  comparison.runs_a_boot_ = plan.schedulers.size() * plan.runs.size();
  for (const Scheduler& scheduler : plan.schedulers) {
    // Attaching and detaching are runs, too.
    if (!scheduler.command.empty()) comparison.runs_a_boot_ += 2;
    comparison.results_.schedulers.push_back(scheduler.name);
  }
  comparison.results_.mode = options.mode;
  comparison.results_.workloads = *std::move(workloads);
  comparison.results_.made_with = *std::move(made_with);
  comparison.campaign_.machine = *std::move(machine);
  comparison.campaign_.machines = options.machines;
  for (int i = 0; i < options.seeds; ++i) {
    comparison.campaign_.seeds.push_back(static_cast<uint64_t>(options.first_seed + i));
  }
  comparison.results_.seeds = comparison.campaign_.seeds;
  return comparison;
}

int Comparison::total_runs() const {
  return static_cast<int>(runs_a_boot_ * campaign_.seeds.size());
}

absl::StatusOr<Results> Comparison::Run(const std::function<void(const Progress&)>& progress) {
  const absl::StatusOr<std::vector<std::string>> outputs = RunCampaign(campaign_, progress);
  if (!outputs.ok()) return outputs.status();
  Results results = results_;
  for (const std::string& output : *outputs) {
    absl::StatusOr<std::vector<RunResult>> runs = ParseTranscript(output);
    if (!runs.ok()) return runs.status();
    results.boots.push_back(*std::move(runs));
  }
  return results;
}

}  // namespace scxx::bench
