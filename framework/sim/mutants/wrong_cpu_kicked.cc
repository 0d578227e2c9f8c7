// SPDX-License-Identifier: Apache-2.0
// Kicks go to the next CPU.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_kick(cpu, flags) kx_kick(((cpu) + 1) % cfg.nr_cpus, flags)

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable WrongCpuKicked() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
