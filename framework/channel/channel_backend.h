// SPDX-License-Identifier: Apache-2.0
//
// ChannelBackend: a Backend whose machine is at the other end of a Channel. It reads events, says
// how CPUs and rings stand, and places decisions. KernelBackend and the simulator's backend are
// this plus a clock, a CPU to be on, and a way to give it up.
//
// Ownership: the memory is the subclass's and must outlive this. Threading: one thread, the agent.
// Memory: allocated by the constructor. Errors: none.

#ifndef SCXX_FRAMEWORK_CHANNEL_CHANNEL_BACKEND_H_
#define SCXX_FRAMEWORK_CHANNEL_CHANNEL_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "bpf/wire.h"
#include "framework/base/cpu.h"
#include "framework/base/cpu_set.h"
#include "framework/base/task_id.h"
#include "framework/channel/channel.h"
#include "framework/channel/placement.h"
#include "framework/channel/ring_forecast.h"
#include "framework/channel/shared_memory.h"
#include "framework/machine/backend.h"
#include "framework/policy/policy.h"
#include "framework/topology/topology.h"

namespace scxx {

class ChannelBackend : public Backend {
 public:
  // Backend
  PolicyLimits limits() const override;
  const Topology& topology() const override { return topology_; }
  const Cycle& Poll(absl::Span<BackendEvent> events) override;
  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override;
  RunState Park(const ParkRequest& request) override;
  void IsHeld(absl::Span<const HeldTask> tasks, absl::Span<bool> held) override;
  CpuSet AllowedCpus(TaskId task) const override;

 protected:
  ChannelBackend(Topology topology, SharedMemory& memory, const scxx_config& config);

  // Decisions that went into rings so far.
  uint64_t accepted() const { return accepted_; }
  // The time of the last Poll.
  Instant now() const { return cycle_.now; }

  // BPF wants the agent to sleep for an instant instead of the next Yield: bpf/higher.h.
  bool wants_nap() const { return channel_.wants_nap(); }

  // The CPU that the calling thread is on.
  virtual CpuId CurrentCpu() = 0;
  // The machine is lost, or somebody asked to stop.
  virtual bool exited() const = 0;
  // Gives the CPU away: sched_yield, or a nap.
  virtual void Yield() = 0;

 private:
  // What Poll remembers of a task between its events.
  struct Seen {
    uint32_t generation = 0;
    uint64_t sum_exec = 0;
  };

  bool Fill(const ChannelEvent& event, BackendEvent* out);
  TaskRunnable Describe(const ChannelEvent& event, const TaskSnapshot& snapshot);
  size_t PollEvents(absl::Span<BackendEvent> events);
  size_t PollGone(absl::Span<BackendEvent> events);
  void View();
  void ViewChanged(uint32_t word);
  void ViewAgain(CpuId cpu);
  uint32_t NrUsable() const;
  CpuId PrevCpu(const scxx_task& task) const;
  Room RoomOf(uint32_t ring);
  Room RoomOn(CpuId cpu);
  CpuView ViewCpu(CpuId cpu) const;
  bool SomeCpuIsFree() const;
  DispatchOutcome DispatchOne(const BackendDispatch& dispatch);

  const Topology topology_;
  const PolicyLimits limits_;
  Channel channel_;
  Placement placement_;
  RingForecast forecast_;
  Cycle cycle_;
  std::vector<ChannelEvent> events_;
  std::vector<Seen> seen_;
  std::vector<CpuView> cpus_;
  std::vector<Room> rooms_;
  CpuSet idle_;                        // as cpus_ and rooms_ have it
  CpuId viewed_from_ = CpuId::None();  // the agent's CPU, likewise
  CpuSet changed_;                     // of these they may be out of date
  const uint32_t nr_usable_;
  uint64_t epoch_ = 0;
  uint64_t nr_scheduled_ = 0;
  uint64_t accepted_ = 0;
  bool passed_by_ = false;  // since the last Park, a task could not use the CPUs that are free
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_CHANNEL_CHANNEL_BACKEND_H_
