// SPDX-License-Identifier: Apache-2.0
// A task is sent to a CPU whether it may run there or not.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_allowed(p, cpu) ((void)(p), (void)(cpu), true)

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable AffinityUnchecked() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
