// SPDX-License-Identifier: Apache-2.0
// A task that leaves while it waits is not counted.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#include "bpf/atomics.h"

#undef sx_add
#define sx_add(ptr, value)                           \
  (scxx::sim::Named(#ptr, "&cpu->counters[counter]") \
       ? 0                                           \
       : __atomic_fetch_add(ptr, value, __ATOMIC_SEQ_CST))

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable GoneNotCounted() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
