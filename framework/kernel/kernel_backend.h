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
// Memory: Attach locks and prefaults the whole process (process_memory.h); construct what you need,
// the engine too, before. Errors: Load and Attach say in one line what is wrong and what to do.

#ifndef SCXX_FRAMEWORK_KERNEL_KERNEL_BACKEND_H_
#define SCXX_FRAMEWORK_KERNEL_KERNEL_BACKEND_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "framework/backend/backend.h"
#include "framework/kernel/agent_thread.h"
#include "framework/kernel/bpf_program.h"
#include "framework/kernel/channel.h"
#include "framework/kernel/exit_report.h"
#include "framework/kernel/kernel_options.h"
#include "framework/kernel/kernel_stats.h"
#include "framework/kernel/placement.h"
#include "framework/kernel/ring_forecast.h"
#include "framework/topology/topology.h"

namespace scxx {

class KernelBackend : public Backend {
 public:
  // Loads the BPF program; does not attach.
  static absl::StatusOr<std::unique_ptr<KernelBackend>> Load(const KernelOptions& options);
  // Load and Attach.
  static absl::StatusOr<std::unique_ptr<KernelBackend>> Create(const KernelOptions& options);
  ~KernelBackend() override;

  // Backend
  PolicyLimits limits() const override;
  const Topology& topology() const override { return topology_; }
  const Cycle& Poll(absl::Span<BackendEvent> events) override;
  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override;
  RunState Park(const ParkRequest& request) override;
  Instant Now() override;
  void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) override;
  const CpuSet& AllowedCpus(TaskId task) const override;

  // Once. The first Poll should follow soon: until then the kernel schedules by itself.
  absl::Status Attach();

  // The next Park returns kExited. Async-signal-safe.
  void RequestStop();

  // Gives the machine back to the kernel's default scheduler, if it has not got it back already.
  ExitReport Detach();

  KernelStats Stats() const;
  // Shared memory with the kernel, in bytes.
  size_t SharedBytes() const { return program_->memory().bytes(); }

 private:
  // What Poll remembers of a task between its events.
  struct Seen {
    uint32_t generation = 0;
    uint64_t sum_exec = 0;
  };

  KernelBackend(Topology topology, std::unique_ptr<BpfProgram> program);

  bool Fill(const ChannelEvent& event, BackendEvent* out);
  TaskRunnable Describe(const ChannelEvent& event, const TaskSnapshot& snapshot);
  size_t PollEvents(absl::Span<BackendEvent> events);
  size_t PollGone(absl::Span<BackendEvent> events);
  void ViewCpus();
  void ViewRooms();
  CpuView ViewCpu(CpuId cpu) const;
  DispatchOutcome DispatchOne(const BackendDispatch& dispatch);

  const Topology topology_;
  const std::unique_ptr<BpfProgram> program_;
  Channel channel_;
  Placement placement_;
  RingForecast forecast_;
  Cycle cycle_;
  std::vector<ChannelEvent> events_;
  std::vector<Seen> seen_;
  std::vector<CpuView> cpus_;
  std::vector<Room> rooms_;
  uint64_t epoch_ = 0;
  uint64_t nr_scheduled_ = 0;
  const AgentThread agent_;
  std::atomic<bool> stop_ = false;
  mutable CpuSet allowed_;  // what AllowedCpus last returned
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_KERNEL_KERNEL_BACKEND_H_
