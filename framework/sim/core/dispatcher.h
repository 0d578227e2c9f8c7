// SPDX-License-Identifier: Apache-2.0
//
// What makes a dispatcher for the simulated core: the one that ships, or a mutant of it.
//
//   DispatcherState state(core, config, agent_pid);
//   const std::unique_ptr<SchedExtOps> dispatcher = ShippedDispatcher(state);
//   core.Attach(*dispatcher, tasks);

#ifndef SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_H_
#define SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_H_

#include <memory>

#include "framework/sim/core/dispatcher_state.h"
#include "framework/sim/core/sched_ext_ops.h"

namespace scxx::sim {

// The state must outlive what is made.
using MakeDispatcher = std::unique_ptr<SchedExtOps> (*)(DispatcherState& state);

// bpf/*.h as they are compiled for the kernel.
std::unique_ptr<SchedExtOps> ShippedDispatcher(DispatcherState& state);

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_H_
