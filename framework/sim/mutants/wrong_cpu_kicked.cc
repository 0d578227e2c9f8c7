// SPDX-License-Identifier: Apache-2.0
// Kicks go to the next CPU.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_kick(cpu, flags) kx_kick(((cpu) + 1) % cfg.nr_cpus, flags)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> WrongCpuKicked(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
