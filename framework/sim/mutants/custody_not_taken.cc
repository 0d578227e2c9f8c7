// SPDX-License-Identifier: Apache-2.0
// A waiting period is over, and its word does not say so.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/custody.h"

#define custody_take(custody, word, to) ((void)(custody), (void)(word), (void)(to), true)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> CustodyNotTaken(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
