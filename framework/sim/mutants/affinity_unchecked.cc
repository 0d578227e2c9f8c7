// SPDX-License-Identifier: Apache-2.0
// A task is sent to a CPU whether it may run there or not.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_allowed(p, cpu) ((void)(p), (void)(cpu), true)

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable AffinityUnchecked() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
