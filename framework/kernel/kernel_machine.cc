// SPDX-License-Identifier: Apache-2.0
#include "framework/kernel/kernel_machine.h"

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "bpf/wire.h"
#include "framework/base/units.h"
#include "framework/kernel/kernel_backend.h"
#include "framework/kernel/process/process_memory.h"
#include "framework/kernel/program/callback_costs.h"
#include "framework/kernel/program/kernel_stats.h"
#include "framework/machine/exit_report.h"
#include "framework/stats/metrics.h"

namespace scxx {
namespace {

Nanos ProcessCpuTime() {
  timespec time = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return Seconds(time.tv_sec) + Nanos(time.tv_nsec);
}

class KernelMachine final : public Machine {
 public:
  explicit KernelMachine(std::unique_ptr<KernelBackend> kernel) : kernel_(std::move(kernel)) {}

  Backend& backend() override { return *kernel_; }
  absl::Status Attach() override {
    absl::Status status = kernel_->Attach();
    faults_ = PageFaultCounter();
    cpu_time_at_attach_ = ProcessCpuTime();
    return status;
  }
  void RequestStop() override { kernel_->RequestStop(); }
  ExitReport Detach() override { return kernel_->Detach(); }
  MachineFigures Figures() const override;
  std::vector<Metrics::Reading> Counters() const override;

 private:
  std::unique_ptr<KernelBackend> kernel_;
  PageFaultCounter faults_;
  Nanos cpu_time_at_attach_;
};

MachineFigures KernelMachine::Figures() const {
  const KernelStats stats = kernel_->Stats();
  return {.custody = static_cast<uint64_t>(std::max<int64_t>(stats.InCustody(), 0)),
          .running = stats.running,
          .fallbacks = stats[SCXX_CNT_FALLBACKS],
          .page_faults = static_cast<uint64_t>(faults_.Count().total()),
          .inserted = stats.inserted};
}

std::vector<Metrics::Reading> KernelMachine::Counters() const {
  const KernelStats stats = kernel_->Stats();
  std::vector<Metrics::Reading> readings;
  for (const CounterInfo& info : KernelCounters()) {
    readings.push_back({{info.name, info.unit, info.help}, stats[info.id]});
  }
  const Nanos cpu_time = ProcessCpuTime() - cpu_time_at_attach_;
  readings.push_back({{"process_time", "ns", "CPU time of this process since the attach"},
                      static_cast<uint64_t>(cpu_time.count())});
  for (const CallbackCost& cost : kernel_->CallbackCosts()) {
    readings.push_back({{cost.name, "calls", "Runs of this BPF program"}, cost.runs});
    readings.push_back(
        {{cost.name, "ns", "Time in all of them"}, static_cast<uint64_t>(cost.time.count())});
  }
  return readings;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Machine>> MakeKernelMachine(const KernelOptions& options) {
  absl::StatusOr<std::unique_ptr<KernelBackend>> kernel = KernelBackend::Load(options);
  if (!kernel.ok()) return kernel.status();
  return std::make_unique<KernelMachine>(*std::move(kernel));
}

}  // namespace scxx
