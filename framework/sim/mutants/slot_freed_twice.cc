// SPDX-License-Identifier: Apache-2.0
// A task keeps its slot when it exits, so that its two exit callbacks free it twice.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_unbind(p, slot) ((void)(p), (void)(slot))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> SlotFreedTwice(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
