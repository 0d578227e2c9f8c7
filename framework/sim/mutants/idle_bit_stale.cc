// SPDX-License-Identifier: Apache-2.0
// A CPU that runs a task still counts as idle.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable IdleBitStale() {
  DispatcherTable table = MakeDispatcherTable();
  table.update_idle = [](int cpu, bool idle) {
    if (idle) on_update_idle(cpu, true);
  };
  return table;
}

}  // namespace scxx::sim
