// SPDX-License-Identifier: Apache-2.0
// An insert that turned out wrong is not taken back.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_cancel() ((void)0)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> ForgottenCancel(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
