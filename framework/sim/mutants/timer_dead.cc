// SPDX-License-Identifier: Apache-2.0
// The timer does nothing.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {
namespace {

class DeadTimer final : public NativeDispatcher {
 public:
  using NativeDispatcher::NativeDispatcher;

  Nanos Timer() override {
    Scope scope(state_);
    return Nanos(static_cast<int64_t>(cfg.timer_idle));
  }
};

}  // namespace

std::unique_ptr<SchedExtOps> TimerDead(DispatcherState& state) {
  return std::make_unique<DeadTimer>(state);
}

}  // namespace scxx::sim
