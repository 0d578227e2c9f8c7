// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/schedbench/own_files.h"
#include "tools/schedbench/setup.h"
#include "tools/vm/locate.h"
#include "tools/vm/vm.h"

namespace scxx::bench {
namespace {

constexpr char kLoad[] = "/bin/load";
constexpr char kDriver[] = "/bin/schedbench_driver";

std::string GuestFile(const Contender& contender) { return "/schedulers/" + contender.name; }

// The same in every boot.
absl::Status AddFiles(const std::vector<Contender>& contenders, vm::VmOptions& machine) {
  const absl::StatusOr<std::string> load = FindLoadProgram(), driver = FindDriverProgram();
  if (!load.ok()) return load.status();
  if (!driver.ok()) return driver.status();
  machine.files = {{*load, kLoad}, {*driver, kDriver}};
  for (const Contender& contender : contenders) {
    if (!contender.file.empty()) machine.files.push_back({contender.file, GuestFile(contender)});
  }
  return absl::OkStatus();
}

absl::Status AddCommand(const SetupOptions& options, vm::VmOptions& machine) {
  const Plan plan = {options.before, SchedulersOf(options.contenders, GuestFile), options.runs};
  const absl::StatusOr<std::vector<std::string>> lines = EncodePlan(plan);
  if (!lines.ok()) return lines.status();
  machine.command = {kDriver, absl::StrCat("--settle=", absl::FormatDuration(options.settle)),
                     "--"};
  machine.command.insert(machine.command.end(), lines->begin(), lines->end());
  return absl::OkStatus();
}

absl::Status ChooseKernel(const std::string& given, vm::VmOptions& machine) {
  machine.kernel = given;
  if (given.empty()) {
    const absl::StatusOr<std::string> kernel = vm::FindKernel();
    if (!kernel.ok()) return kernel.status();
    machine.kernel = *kernel;
  }
  return vm::CheckKernel(machine.kernel);
}

// The same length for every seed: the command line lies in the guest's memory.
vm::VmOptions WithSeed(vm::VmOptions machine, uint64_t seed) {
  machine.seed = seed;
  machine.append += absl::StrFormat("schedbench.seed=%06d", seed);
  return machine;
}

absl::StatusOr<int> Boot(const vm::VmOptions& machine) {
  const absl::StatusOr<vm::ExitStatus> status = vm::Run(machine);
  if (!status.ok()) return status.status();
  return status->ShellCode();
}

}  // namespace

absl::StatusOr<Setup> SetUpGuest(const SetupOptions& options) {
  vm::VmOptions machine;
  machine.cpus = CpusOf(options.mode);
  machine.exact = options.mode == Mode::kExact || options.mode == Mode::kExact2;
  machine.accel = machine.exact ? vm::Accel::kTcg : vm::Accel::kTcgMulti;
  absl::Status status = ChooseKernel(options.kernel, machine);
  status.Update(AddFiles(options.contenders, machine));
  status.Update(AddCommand(options, machine));
  if (!status.ok()) return status;
  absl::StatusOr<MadeWith> made_with = DescribeMachine(machine);
  if (!made_with.ok()) return made_with.status();
  return Setup{[machine](uint64_t seed) { return Boot(WithSeed(machine, seed)); },
               *std::move(made_with)};
}

}  // namespace scxx::bench
