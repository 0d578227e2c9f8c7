// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/dispatcher.h"
#include "framework/sim/core/port_sim.h"

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> ShippedDispatcher(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
