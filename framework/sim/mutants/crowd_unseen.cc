// SPDX-License-Identifier: Apache-2.0
// Turns are as long as ever when many wait.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/crowd.h"

#define crowd_slice(limit, slice) ((void)(limit), (slice))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> CrowdUnseen(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
