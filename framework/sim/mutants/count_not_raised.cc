// SPDX-License-Identifier: Apache-2.0
// Each wait of a task has the same enqueue count.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#include "bpf/custody.h"

#define custody_next(word) custody_with_state(word, SCXX_CUSTODY_USER)

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable CountNotRaised() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
