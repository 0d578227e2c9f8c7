// SPDX-License-Identifier: Apache-2.0
// A task keeps its slot when it exits, so that its two exit callbacks free it twice.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_unbind(p, slot) ((void)(p), (void)(slot))

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable SlotFreedTwice() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
