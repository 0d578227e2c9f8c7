// SPDX-License-Identifier: Apache-2.0
// An insert that turned out wrong is not taken back.
#include "framework/sim/mutants/mutants.h"
#include "framework/sim/port_sim.h"

#define kx_cancel() ((void)0)

#include "bpf/testing/make_dispatcher_table.h"

namespace scxx::sim {

DispatcherTable ForgottenCancel() { return MakeDispatcherTable(); }

}  // namespace scxx::sim
