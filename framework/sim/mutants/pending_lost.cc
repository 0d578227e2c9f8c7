// SPDX-License-Identifier: Apache-2.0
// An event is published, and the agent not told.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/atomics.h"

#undef sx_swap
#define sx_swap(ptr, value)                     \
  (scxx::sim::Named(#ptr, "&s->agent->pending") \
       ? 0                                      \
       : __atomic_exchange_n(ptr, value, __ATOMIC_SEQ_CST))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> PendingLost(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
