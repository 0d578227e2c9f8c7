// SPDX-License-Identifier: Apache-2.0
//
// KernelBackend: a Backend on a real kernel.
//
//   absl::StatusOr<std::unique_ptr<KernelBackend>> backend = KernelBackend::Load(options);
//   Engine<FifoPolicy> engine(std::move(policy), **backend, {});
//   absl::Status status = (*backend)->Attach();     // the kernel asks this process from here on
//   engine.Run(stop);                               // until RequestStop(), or the kernel lets go
//   ExitReport report = (*backend)->Detach();       // why
//
// Threading: the thread that calls Load is the agent: all Backend calls, Attach and Detach are its.
// RequestStop and Stats may be called from any thread.
// With KernelOptions::agent_cpu, Park returns at once unless the kernel has to hear of decisions.
// Memory: Attach locks and prefaults the whole process (process_memory.h); construct what you need,
// the engine too, before. Errors: Load and Attach say in one line what is wrong and what to do.

#ifndef SCXX_FRAMEWORK_KERNEL_KERNEL_BACKEND_H_
#define SCXX_FRAMEWORK_KERNEL_KERNEL_BACKEND_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/channel/channel_backend.h"
#include "framework/channel/dispatcher_stats.h"
#include "framework/kernel/process/agent_thread.h"
#include "framework/kernel/program/bpf_program.h"
#include "framework/kernel/program/callback_costs.h"
#include "framework/kernel/program/kernel_options.h"
#include "framework/machine/exit_report.h"
#include "framework/topology/topology.h"

namespace scxx {

class KernelBackend final : public ChannelBackend {
 public:
  // Loads the BPF program; does not attach.
  static absl::StatusOr<std::unique_ptr<KernelBackend>> Load(const KernelOptions& options);
  // Load and Attach.
  static absl::StatusOr<std::unique_ptr<KernelBackend>> Create(const KernelOptions& options);
  ~KernelBackend() override;

  Instant Now() override;

  // Once. The first Poll should follow soon: until then the kernel schedules by itself.
  absl::Status Attach();

  // The next Park returns kExited. Async-signal-safe.
  void RequestStop();

  // Gives the machine back to the kernel's default scheduler, if it has not got it back already.
  ExitReport Detach();

  DispatcherStats Stats() const;
  // Empty without KernelOptions::callback_costs; the names live as long as this.
  std::vector<CallbackCost> CallbackCosts() const { return program_->CallbackCosts(); }
  // Shared memory with the kernel, in bytes.
  size_t SharedBytes() const { return program_->memory().bytes(); }

 private:
  KernelBackend(Topology topology, std::unique_ptr<BpfProgram> program);

  CpuId CurrentCpu() override;
  bool exited() const override;
  void Yield() override;

  const std::unique_ptr<BpfProgram> program_;
  const AgentThread agent_;
  std::atomic<bool> stop_ = false;
  // An agent that spins: what it has told the kernel so far.
  uint64_t told_ = 0;
  Instant told_at_;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_KERNEL_BACKEND_H_
