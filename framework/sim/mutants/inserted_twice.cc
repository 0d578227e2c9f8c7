// SPDX-License-Identifier: Apache-2.0
// Every insert is made twice.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_insert(p, dsq, slice, flags) \
  (kx_insert(p, dsq, slice, flags), kx_insert(p, dsq, slice, flags))

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable InsertedTwice() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
