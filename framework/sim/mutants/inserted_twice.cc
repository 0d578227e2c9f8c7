// SPDX-License-Identifier: Apache-2.0
// Every insert is made twice.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_insert(p, dsq, slice, flags) \
  (kx_insert(p, dsq, slice, flags), kx_insert(p, dsq, slice, flags))

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable InsertedTwice() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
