// SPDX-License-Identifier: Apache-2.0
// What the kernel schedules by itself is never run.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/port.h"

#define kx_consume(dsq) ((dsq) != KERNEL_DSQ && kx_consume(dsq))

#include "framework/sim/core/native_dispatcher.h"

namespace scxx::sim {

std::unique_ptr<SchedExtOps> KernelDsqForgotten(DispatcherState& state) {
  return MakeNativeDispatcher(state);
}

}  // namespace scxx::sim
