// SPDX-License-Identifier: Apache-2.0
// Kicks go to the next CPU.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_kick(cpu, flags) kx_kick(((cpu) + 1) % cfg.nr_cpus, flags)

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable WrongCpuKicked() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
