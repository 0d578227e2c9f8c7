// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/kernel_machine.h"

#include <sys/utsname.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "framework/channel/dispatcher_stats.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/probe/cgroup_limits.h"
#include "framework/kernel/process/proc_names.h"
#include "framework/kernel/process/process_memory.h"
#include "framework/kernel/program/callback_costs.h"
#include "framework/machine/exit_report.h"
#include "framework/stats/figures.h"

namespace scxx {
namespace {

constexpr Figure kPageFaults = {"page_faults", "faults", FigureKind::kCounter,
                                "Page faults of this process: 0 in good health"};
constexpr Figure kProcessTime = {"process_time", "ns", FigureKind::kCounter,
                                 "CPU time of this process"};

constexpr Figure kLimitsIgnored = {"limits_ignored", "groups", FigureKind::kGauge,
                                   "Control groups with CPU limits at the attach: not enforced"};

// A name that lives as long as the process.
absl::string_view Interned(const std::string& name) {
  static std::mutex mutex;
  static auto* const names = new std::set<std::string>();
  const std::lock_guard<std::mutex> lock(mutex);
  return *names->insert(name).first;
}

// A BPF program, by its name.
void AddCost(const CallbackCost& cost, Readings* readings) {
  const std::string name(cost.name);
  readings->Add({Interned(name + "_calls"), "calls", FigureKind::kCounter, "Runs of a BPF program"},
                cost.runs);
  readings->Add({Interned(name + "_time"), "ns", FigureKind::kCounter, "Time in all of them"},
                static_cast<uint64_t>(cost.time.count()));
}

class KernelMachine final : public Machine {
 public:
  KernelMachine(std::unique_ptr<KernelBackend> kernel, const KernelOptions& options)
      : kernel_(std::move(kernel)), no_agent_cpu_(WhyNoAgentCpu(options, kernel_->topology())) {}

  std::string Description() const override {
    utsname system = {};
    uname(&system);
    return std::string("Linux ") + system.release;
  }
  Backend& backend() override { return *kernel_; }
  const TaskNames& names() const override { return names_; }
  absl::Status Attach() override {
    absl::Status status = kernel_->Attach();
    usage_.Start();
    return status;
  }
  std::vector<std::string> Notes() const override {
    std::vector<std::string> notes = kernel_->topology().notes();
    if (!no_agent_cpu_.empty()) notes.push_back(no_agent_cpu_);
    if (limits_.groups != 0) notes.push_back(DescribeLimits(limits_));
    return notes;
  }
  void RequestStop() override { kernel_->RequestStop(); }
  ExitReport Detach() override { return kernel_->Detach(); }
  Readings Figures() const override;

 private:
  std::unique_ptr<KernelBackend> kernel_;
  const std::string no_agent_cpu_;  // why
  const ProcNames names_;
  const CgroupLimits limits_ = CountCgroupLimits();  // before the attach: it reads many files
  UsageSinceStart usage_;
};

Readings KernelMachine::Figures() const {
  Readings readings = kernel_->Stats().Figures();
  readings.Add(kPageFaults, static_cast<uint64_t>(usage_.page_faults()));
  readings.Add(kProcessTime, static_cast<uint64_t>(usage_.cpu_nanos()));
  readings.Add(kLimitsIgnored, static_cast<uint64_t>(limits_.groups));
  for (const CallbackCost& cost : kernel_->CallbackCosts()) AddCost(cost, &readings);
  return readings;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Machine>> MakeKernelMachine(const KernelOptions& options) {
  absl::StatusOr<std::unique_ptr<KernelBackend>> kernel = KernelBackend::Load(options);
  if (!kernel.ok()) return kernel.status();
  return std::make_unique<KernelMachine>(*std::move(kernel), options);
}

}  // namespace scxx
