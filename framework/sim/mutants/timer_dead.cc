// SPDX-License-Identifier: Apache-2.0
// The timer does nothing.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable TimerDead() {
  DispatcherTable table = MakeDispatcherTable();
  table.timer = []() -> uint64_t { return cfg.timer_idle; };
  return table;
}

}  // namespace scxx::sim
