// SPDX-License-Identifier: Apache-2.0
// A task keeps its slot when it exits, so that its two exit callbacks free it twice.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_unbind(p, slot) ((void)(p), (void)(slot))

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable SlotFreedTwice() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
