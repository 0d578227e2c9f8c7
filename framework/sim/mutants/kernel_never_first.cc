// SPDX-License-Identifier: Apache-2.0
// The policy's tasks always go before those in the kernel's queues.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/turn.h"

#define kernel_turn(cpu, now, prev, weight) \
  ((void)(cpu), (void)(now), (void)(prev), (void)(weight), 0)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> KernelNeverFirst(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
