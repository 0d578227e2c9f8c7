// SPDX-License-Identifier: Apache-2.0
// A wait that a new enqueue ends is not counted.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#include "bpf/tasks.h"

#define count_here(here, counter) \
  ((counter) == SCXX_CNT_CANCELLED ? (void)0 : count_here(here, counter))

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable CancelledNotCounted() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
