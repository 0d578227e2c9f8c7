// SPDX-License-Identifier: Apache-2.0
// A record for an earlier wait is honoured.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/custody.h"

#define custody_is_user(word, count) ((void)(count), custody_state(word) == SCXX_CUSTODY_USER)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> EnqueueCountUnchecked(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
