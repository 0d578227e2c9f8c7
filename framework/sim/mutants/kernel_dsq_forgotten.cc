// SPDX-License-Identifier: Apache-2.0
// What the kernel schedules by itself is never run.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#include "bpf/port.h"

#define kx_consume(dsq) ((dsq) != KERNEL_DSQ && kx_consume(dsq))

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable KernelDsqForgotten() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
