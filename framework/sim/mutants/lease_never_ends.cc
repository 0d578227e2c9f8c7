// SPDX-License-Identifier: Apache-2.0
// The agent may be late for as long as it likes.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/atomics.h"

#undef sx_write
#define sx_write(ptr, value)                                \
  (scxx::sim::Named(#ptr " " #value, "&global->fallback 1") \
       ? (void)0                                            \
       : __atomic_store_n(ptr, value, __ATOMIC_RELEASE))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> LeaseNeverEnds(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
