// SPDX-License-Identifier: Apache-2.0
// Each wait of a task has the same enqueue count.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/custody.h"

#define custody_next(word) custody_with_state(word, SCXX_CUSTODY_USER)

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable CountNotRaised() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
