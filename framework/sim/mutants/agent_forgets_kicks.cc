// SPDX-License-Identifier: Apache-2.0
// The agent asks for no kicks.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable AgentForgetsKicks() {
  DispatcherTable table = MakeDispatcherTable();
  table.yield = [](task_struct* p) {
    memset(kx_agent()->kick_idle, 0, sizeof(scxx_agent::kick_idle));
    on_yield(p);
  };
  return table;
}

}  // namespace scxx::sim
