// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/core/dispatcher.h"
#include "framework/sim/core/port_sim.h"

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

const DispatcherTable& ShippedDispatcher() {
  static const DispatcherTable table = MakeDispatcherTable();
  return table;
}

}  // namespace scxx::sim
