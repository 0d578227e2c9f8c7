// SPDX-License-Identifier: Apache-2.0
// Every insert is made twice.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_insert(p, dsq, slice, flags) \
  (kx_insert(p, dsq, slice, flags), kx_insert(p, dsq, slice, flags))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> InsertedTwice(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
