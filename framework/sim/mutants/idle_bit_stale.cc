// SPDX-License-Identifier: Apache-2.0
// A CPU that runs a task still counts as idle.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {
namespace {

class StaleIdleBit final : public NativeDispatcher {
 public:
  using NativeDispatcher::NativeDispatcher;

  void UpdateIdle(int cpu, bool idle) override {
    if (idle) NativeDispatcher::UpdateIdle(cpu, true);
  }
};

}  // namespace

std::unique_ptr<SchedExtOps> IdleBitStale(DispatcherState& state) {
  return std::make_unique<StaleIdleBit>(state);
}

}  // namespace scxx::sim
