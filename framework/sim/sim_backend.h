// SPDX-License-Identifier: Apache-2.0
//
// SimBackend: the backend of an engine that schedules a simulated computer. The agent's side of the
// channel is the one that a kernel's agent has (framework/channel); what each step of it costs is
// charged to the agent's CPU time, and the machine goes on meanwhile.

#ifndef SCXX_FRAMEWORK_SIM_SIM_BACKEND_H_
#define SCXX_FRAMEWORK_SIM_SIM_BACKEND_H_

#include <atomic>
#include <cstddef>

#include "absl/types/span.h"
#include "framework/base/cpu.h"
#include "framework/base/units.h"
#include "framework/channel/channel_backend.h"
#include "framework/machine/backend.h"
#include "framework/sim/computer.h"

namespace scxx::sim {

// CPU time of the agent's work.
struct AgentCosts {
  Nanos cycle = Nanos(700);
  Nanos event = Nanos(120);
  Nanos decision = Nanos(150);
  // Between two looks at the rings, of an agent that spins.
  Nanos spin = Micros(5);
};

class SimBackend final : public ChannelBackend {
 public:
  // On a computer that has loaded a dispatcher. `stop`, if given: set by any thread when Park is to
  // return kExited.
  SimBackend(Computer& computer, const AgentCosts& costs, const std::atomic<bool>* stop = nullptr);

  const Cycle& Poll(absl::Span<BackendEvent> events) override;
  void Dispatch(absl::Span<const BackendDispatch> dispatches,
                absl::Span<DispatchOutcome> outcomes) override;
  Instant Now() override { return computer_.core().ClockOf(computer_.agent_cpu().value()); }

 private:
  CpuId CurrentCpu() override { return computer_.agent_cpu(); }
  bool exited() const override {
    return computer_.exited() || (stop_ != nullptr && stop_->load(std::memory_order_relaxed));
  }
  void Yield() override;

  Computer& computer_;
  const AgentCosts costs_;
  const std::atomic<bool>* const stop_;
  // As of an agent's that spins: what BPF was last told, and when.
  uint64_t told_ = 0;
  Instant told_at_;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_SIM_BACKEND_H_
