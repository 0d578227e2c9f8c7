// SPDX-License-Identifier: Apache-2.0
// Each wait of a task has the same enqueue count.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/custody.h"

#define custody_next(word) custody_with_state(word, SCXX_CUSTODY_USER)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> CountNotRaised(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
