// SPDX-License-Identifier: Apache-2.0
// Every task gets a slice of ten seconds.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_insert(p, dsq, slice, flags) kx_insert(p, dsq, ((void)(slice), 10'000'000'000ull), flags)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> SliceIgnored(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
