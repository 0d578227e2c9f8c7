// SPDX-License-Identifier: Apache-2.0
// An insert that turned out wrong is not taken back.
#include "framework/sim/core/port_sim.h"
#include "framework/sim/mutants/mutants.h"

#define kx_cancel() ((void)0)

#include "bpf/native/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable ForgottenCancel() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
