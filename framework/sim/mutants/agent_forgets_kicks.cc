// SPDX-License-Identifier: Apache-2.0
// The agent asks for no kicks.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {
namespace {

class ForgetfulAgent final : public NativeDispatcher {
 public:
  using NativeDispatcher::NativeDispatcher;

  void Yield(task_struct& p) override {
    {
      Scope scope(state_);
      memset(kx_agent()->kick_idle, 0, sizeof(scxx_agent::kick_idle));
    }
    NativeDispatcher::Yield(p);
  }
};

}  // namespace

std::unique_ptr<SchedExtOps> AgentForgetsKicks(DispatcherState& state) {
  return std::make_unique<ForgetfulAgent>(state);
}

}  // namespace scxx::sim
