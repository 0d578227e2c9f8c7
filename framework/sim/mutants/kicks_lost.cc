// SPDX-License-Identifier: Apache-2.0
// The kicks that the agent asks for are not sent.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/atomics.h"

#undef sx_swap
#define sx_swap(ptr, value) \
  (scxx::sim::Named(#ptr, "word") ? 0 : __atomic_exchange_n(ptr, value, __ATOMIC_SEQ_CST))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> KicksLost(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
