// SPDX-License-Identifier: Apache-2.0
// A wait that a new enqueue ends is not counted.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/tasks.h"

#define count_here(here, counter) \
  ((counter) == SCXX_CNT_CANCELLED ? (void)0 : count_here(here, counter))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> CancelledNotCounted(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
