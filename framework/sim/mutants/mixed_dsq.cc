// SPDX-License-Identifier: Apache-2.0
// A DSQ gets vtime and FIFO inserts.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_insert_vtime(p, dsq, slice, vtime)                       \
  ((p)->pid % 2 != 0 ? kx_insert(p, dsq, slice, ((void)(vtime), 0)) \
                     : kx_insert_vtime(p, dsq, slice, vtime))

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable MixedDsq() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
