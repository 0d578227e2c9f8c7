// SPDX-License-Identifier: Apache-2.0
// A task that leaves while it waits is not counted.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/atomics.h"

#undef sx_add
#define sx_add(ptr, value)                           \
  (scxx::sim::Named(#ptr, "&cpu->counters[counter]") \
       ? 0                                           \
       : __atomic_fetch_add(ptr, value, __ATOMIC_SEQ_CST))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> GoneNotCounted(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
