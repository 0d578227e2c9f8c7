// SPDX-License-Identifier: Apache-2.0
// The timer does nothing.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable TimerDead() {
  DispatcherTable table = MakeDispatcherTable();
  table.timer = []() -> uint64_t { return cfg.timer_idle; };
  return table;
}

}  // namespace scxx::sim
