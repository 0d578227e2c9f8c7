// SPDX-License-Identifier: Apache-2.0
// An insert that turned out wrong is not taken back.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_cancel() ((void)0)

#include "framework/sim/dispatcher_ops.h"

namespace scxx::sim {

DispatcherTable ForgottenCancel() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
