// SPDX-License-Identifier: Apache-2.0
#include "tools/schedbench/reliability.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/schedbench/boots/transcript.h"
#include "tools/schedbench/plan/contenders.h"

namespace scxx::bench {
namespace {

constexpr int kInstructionNs = 4;  // About what an idle host gives.
// A load takes 12 s of the guest's time, an emulated one of two CPUs about as much here.
constexpr absl::Duration kTimeout = absl::Minutes(20);

bool Is(const std::string& path, const std::string& program) {
  return std::filesystem::path(path).filename() == program;
}

bool IsGiven(const std::string& program, const std::vector<std::string>& with) {
  return std::any_of(with.begin(), with.end(),
                     [&](const std::string& path) { return Is(path, program); });
}

// The load's own program, and what is no load's, which a peer wants.
std::vector<std::string> FilesFor(const HardLoad& load, const std::vector<std::string>& with) {
  std::vector<std::string> files;
  for (const std::string& path : with) {
    const bool of_another =
        std::any_of(HardLoads().begin(), HardLoads().end(), [&](const HardLoad& other) {
          return other.program != load.program && Is(path, other.program);
        });
    if (!of_another) files.push_back(path);
  }
  return files;
}

SetupOptions MachineOf(const Options& options, const HardLoad& load, const Contender& contender) {
  return {.mode = load.mode,
          .contenders = {contender},
          .beside = load.beside,
          .runs = {ProbeOf(load)},
          .settle = options.settle,
          .kernel = options.kernel,
          .programs = FilesFor(load, options.with),
          .instruction_ns = kInstructionNs,
          .timeout = kTimeout};
}

// In the process of the boot: a machine that fails ends the transcript with the reason.
absl::StatusOr<int> BootOrSayWhyNot(const Setup& setup, uint64_t seed) {
  const absl::StatusOr<int> code = setup.boot(seed);
  if (!code.ok()) {
    std::printf("@end 125 %s\n", std::string(code.status().message()).c_str());
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

absl::Status Reliability::AddRow(const Options& options, const std::vector<Contender>& contenders,
                                 const HardLoad& load) {
  ReliabilityRow& row = results_.rows.emplace_back(ReliabilityRow{load, {}});
  if (!load.program.empty() && !IsGiven(load.program, options.with)) {
    const Trial without = {.trouble =
                               absl::StrCat("not tried: needs --with=/usr/bin/", load.program)};
    row.trials.assign(contenders.size(), without);
    return absl::OkStatus();
  }
  row.trials.resize(contenders.size());
  for (size_t i = 0; i < contenders.size(); ++i) {
    absl::StatusOr<Setup> setup = SetUpGuest(MachineOf(options, load, contenders[i]));
    if (!setup.ok()) return setup.status();
    runs_ += contenders[i].file.empty() ? 1 : 3;  // To attach and to detach are runs, too.
    boots_.push_back({results_.rows.size() - 1, i, *std::move(setup)});
  }
  return absl::OkStatus();
}

absl::StatusOr<Reliability> Reliability::Prepare(const Options& options) {
  const absl::StatusOr<std::vector<HardLoad>> loads = ChooseHardLoads(options.rows);
  if (!loads.ok()) return loads.status();
  const absl::StatusOr<std::vector<Contender>> contenders =
      ChooseContenders(options.schedulers, options.peers, OwnCatalog());
  if (!contenders.ok()) return contenders.status();
  Reliability reliability;
  reliability.machines_ = MachinesOf(options);
  reliability.seed_ = static_cast<uint64_t>(options.first_seed);
  for (const Contender& c : *contenders) reliability.results_.schedulers.push_back(c.name);
  for (const HardLoad& load : *loads) {
    if (absl::Status status = reliability.AddRow(options, *contenders, load); !status.ok()) {
      return status;
    }
  }
  if (!reliability.boots_.empty()) {
    reliability.results_.made_with = reliability.boots_.front().setup.made_with;
    reliability.results_.made_with.pop_back();  // The image's: each boot has one of its own.
  }
  return reliability;
}

absl::StatusOr<ReliabilityResults> Reliability::Run(
    const std::function<void(const BootsDone&)>& progress) {
  // A campaign is of seeds. Here they count the boots.
  std::vector<uint64_t> numbers(boots_.size());
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto boot = [this](uint64_t number) {
    return BootOrSayWhyNot(boots_[number].setup, seed_);
  };
  const absl::StatusOr<std::vector<std::string>> transcripts =
      RunCampaign({.boot = boot, .seeds = numbers, .machines = machines_}, progress);
  if (!transcripts.ok()) return transcripts.status();
  ReliabilityResults results = results_;
  for (size_t i = 0; i < boots_.size(); ++i) {
    ReliabilityRow& row = results.rows[boots_[i].row];
    row.trials[boots_[i].scheduler] = JudgeTrial(ParseTranscript((*transcripts)[i]), row.load);
  }
  return results;
}

}  // namespace scxx::bench
