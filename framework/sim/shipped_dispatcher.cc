// SPDX-License-Identifier: Apache-2.0
#include "framework/sim/dispatcher.h"
#include "framework/sim/dispatcher_ops.h"

namespace scxx::sim {

const DispatcherTable& ShippedDispatcher() {
  static const DispatcherTable table = MakeDispatcherTable();
  return table;
}

}  // namespace scxx::sim
