// SPDX-License-Identifier: Apache-2.0
// Every task gets a slice of ten seconds.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_insert(p, dsq, slice, flags) kx_insert(p, dsq, ((void)(slice), 10'000'000'000ull), flags)

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable SliceIgnored() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
