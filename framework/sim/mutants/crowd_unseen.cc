// SPDX-License-Identifier: Apache-2.0
// Turns are as long as ever when many wait.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/crowd.h"

#define crowd_limit(s, p, kernel_busy) ((void)(s), (void)(p), (void)(kernel_busy), 0u)
#define crowd_limit_on(cpu) ((void)(cpu), 0u)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> CrowdUnseen(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
