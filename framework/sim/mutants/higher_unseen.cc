// SPDX-License-Identifier: Apache-2.0
// Nobody notices that a higher class keeps a CPU.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/higher.h"

#define look_for_higher() 0
#define kx_higher(cpu) ((void)(cpu), false)
#define kx_server_asks(cpu) ((void)(cpu), false)

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> HigherUnseen(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
