// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/sim_backend.h"

#include <algorithm>

#include "framework/channel/default_config.h"

namespace scxx::sim {
namespace {

// Decisions that become visible one group after the other, while the machine goes on.
constexpr size_t kAtOnce = 4;
// As KernelBackend's.
constexpr Nanos kSignOfLife = Millis(1);

}  // namespace

SimBackend::SimBackend(Computer& computer, const AgentCosts& costs, const std::atomic<bool>* stop)
    : ChannelBackend(computer.topology().WithOnline(OnlineOf(computer.dispatcher_state().config())),
                     computer.dispatcher_state().memory(), computer.dispatcher_state().config()),
      computer_(computer),
      costs_(costs),
      stop_(stop) {}

// As KernelBackend's.
void SimBackend::Yield() {
  if (computer_.dispatcher_state().config().agent_cpu != 0) {
    if (accepted() == told_ && Now() - told_at_ < kSignOfLife) {
      computer_.AgentWork(costs_.spin);
      return;
    }
    told_ = accepted();
    told_at_ = Now();
  }
  computer_.AgentYield();
}

const Cycle& SimBackend::Poll(absl::Span<BackendEvent> events) {
  computer_.AgentWork(costs_.cycle);
  const Cycle& cycle = ChannelBackend::Poll(events);
  // Reading them and the policy's thoughts about them.
  computer_.AgentWork(costs_.event * static_cast<int64_t>(cycle.nr_events));
  return cycle;
}

void SimBackend::Dispatch(absl::Span<const BackendDispatch> dispatches,
                          absl::Span<DispatchOutcome> outcomes) {
  for (size_t i = 0; i < dispatches.size(); i += kAtOnce) {
    const size_t n = std::min(kAtOnce, dispatches.size() - i);
    computer_.AgentWork(costs_.decision * static_cast<int64_t>(n));
    ChannelBackend::Dispatch(dispatches.subspan(i, n), outcomes.subspan(i, n));
    for (size_t j = i; j < i + n; ++j) {
      if (outcomes[j] != DispatchOutcome::kAccepted) continue;
      computer_.NoteDecision(dispatches[j].decision.task.slot, dispatches[j].enqueue);
    }
  }
}

}  // namespace scxx::sim
