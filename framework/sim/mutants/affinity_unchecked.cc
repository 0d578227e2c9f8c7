// SPDX-License-Identifier: Apache-2.0
// A task is sent to a CPU whether it may run there or not.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_allowed(p, cpu) ((void)(p), (void)(cpu), true)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> AffinityUnchecked(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
