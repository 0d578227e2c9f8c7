// SPDX-License-Identifier: Apache-2.0
// A DSQ gets vtime and FIFO inserts.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_insert_vtime(p, dsq, slice, vtime)                       \
  ((p)->pid % 2 != 0 ? kx_insert(p, dsq, slice, ((void)(vtime), 0)) \
                     : kx_insert_vtime(p, dsq, slice, vtime))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> MixedDsq(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
